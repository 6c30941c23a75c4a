/** The expression tree as a user wrote it: frozen data, not yet bound to a schema. */

export type ArithmeticOp = 'add' | 'sub' | 'mul' | 'div' | 'mod';
export type ComparisonOp = 'eq' | 'neq' | 'lt' | 'ltEq' | 'gt' | 'gtEq';
export type LogicOp = 'and' | 'or';

/** `a op b` is `b MIRRORED[op] a`. */
export const MIRRORED: Readonly<Record<ComparisonOp, ComparisonOp>> = {
  eq: 'eq',
  neq: 'neq',
  lt: 'gt',
  ltEq: 'gtEq',
  gt: 'lt',
  gtEq: 'ltEq',
};

/** A constant as it may stand in an expression. Dates compare with timestamps and dates; strings also stand for those and for decimals. */
export type Literal = number | bigint | string | boolean | Date | null;

export type ExprNode =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'arithmetic'; readonly op: ArithmeticOp; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'negate'; readonly arg: ExprNode }
  | { readonly kind: 'compare'; readonly op: ComparisonOp; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'logic'; readonly op: LogicOp; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'not'; readonly arg: ExprNode }
  | { readonly kind: 'isNull'; readonly arg: ExprNode; readonly negated: boolean }
  | { readonly kind: 'isIn'; readonly arg: ExprNode; readonly values: readonly Literal[] };

const SYMBOLS: Record<ArithmeticOp | ComparisonOp, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  eq: '=',
  neq: '<>',
  lt: '<',
  ltEq: '<=',
  gt: '>',
  gtEq: '>=',
};

function formatLiteral(value: Literal): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (!(value instanceof Date)) return String(value);
  return Number.isNaN(value.getTime()) ? 'an invalid Date' : `'${value.toISOString()}'`;
}

/** The node in SQL-like text, for `explain` and error messages. */
export function formatNode(node: ExprNode): string {
  const operand = (child: ExprNode): string => {
    const text = formatNode(child);
    return child.kind === 'column' || child.kind === 'literal' ? text : `(${text})`;
  };
  switch (node.kind) {
    case 'column':
      return node.name;
    case 'literal':
      return formatLiteral(node.value);
    case 'arithmetic':
    case 'compare':
      return `${operand(node.left)} ${SYMBOLS[node.op]} ${operand(node.right)}`;
    case 'negate':
      return `-${operand(node.arg)}`;
    case 'logic':
      return `${operand(node.left)} ${node.op} ${operand(node.right)}`;
    case 'not':
      return `not ${operand(node.arg)}`;
    case 'isNull':
      return `${operand(node.arg)} is ${node.negated ? 'not ' : ''}null`;
    case 'isIn':
      return `${operand(node.arg)} in (${node.values.map(formatLiteral).join(', ')})`;
  }
}

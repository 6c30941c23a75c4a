/**
 * Of rows that are cut, columns that may fail are computed of the rows that are left: what is read is cut first, and they are
 * computed from that. Which rows a cut drops is only known once those before it are there.
 */

import { mayFail } from '../expr/conditions.js';
import { mapReads } from '../expr/map-typed.js';
import { childrenOf, type TypedExpr, type ValueType } from '../expr/typed.js';
import { derived, plainType } from '../plan/build.js';
import type { Output, Part, RowsRelation } from '../plan/relation.js';
import { MAX_TOP_ROWS } from './order-way.js';

export function computedLast(rows: RowsRelation): RowsRelation {
  const { parts, outputs, offset, count } = rows;
  const isCut = offset > 0 || count !== undefined;
  const fails = parts.some((part) => outputs.some((output) => mayFail(exprOf(part, output))));
  return isCut && fails && !isTaken(rows) ? split(rows) : rows;
}

/** Whether the rows are found by their keys, and what else is asked of them afterwards. */
function isTaken({ parts, order, offset, count }: RowsRelation): boolean {
  const few = count !== undefined && offset + count <= MAX_TOP_ROWS;
  return parts.length === 1 && few && (order[0] ?? []).length > 0;
}

const exprOf = ({ scope }: Part, { name }: Output): TypedExpr => scope.get(name) as TypedExpr;

const NUMBER = '\u0000part';

function split(rows: RowsRelation): RowsRelation {
  const { parts, outputs } = rows;
  const read = parts.map((part, i) => readOf(part, outputs, i));
  const columns = new Map(read.flatMap((leaves) => [...leaves]));
  const scopes = parts.map(
    (_, i): Map<string, TypedExpr> =>
      new Map([
        [NUMBER, number(i)],
        ...[...columns.keys()].map((name): [string, TypedExpr] => [name, read[i]?.get(name) ?? NULL]),
      ]),
  );
  const inner: RowsRelation = {
    ...rows,
    parts: parts.map((part, i) => ({ ...part, scope: scopes[i] as Map<string, TypedExpr> })),
    outputs: [
      { name: NUMBER, type: 'int32' },
      ...[...columns].map(([name, { type }]) => ({ name, type: plainType(type) })),
    ],
  };
  const outer = derived(inner);
  const [whole] = outer.parts as readonly [Part];
  const exprs = parts.map((part, i) =>
    outputs.map((output) => mapReads(exprOf(part, output), (leaf) => whole.scope.get(nameOf(leaf, i)) as TypedExpr)),
  );
  const of = whole.scope.get(NUMBER) as TypedExpr;
  const scope = outputs.map(({ name, type }, k): [string, TypedExpr] => [
    name,
    chosen(
      of,
      exprs.map((list) => list[k] as TypedExpr),
      type as ValueType,
    ),
  ]);
  return { ...outer, parts: [{ ...whole, scope: new Map(scope) }], outputs };
}

const NULL: TypedExpr = { kind: 'literal', type: 'null', value: null };
const number = (value: number): TypedExpr => ({ kind: 'literal', type: 'int32', value });

type Leaf = Extract<TypedExpr, { kind: 'column' | 'joined' }>;

const nameOf = (leaf: Leaf, part: number): string =>
  `\u0000${part} ${leaf.kind === 'column' ? leaf.index : `${leaf.join} ${leaf.column}`}`;

/** What the outputs of a part read, by names of their own. */
function readOf(part: Part, outputs: readonly Output[], nth: number): Map<string, TypedExpr> {
  const leaves = new Map<string, TypedExpr>();
  const visit = (expr: TypedExpr): void => {
    if (expr.kind === 'column' || expr.kind === 'joined') leaves.set(nameOf(expr, nth), expr);
    else for (const child of childrenOf(expr)) visit(child);
  };
  for (const output of outputs) visit(exprOf(part, output));
  return leaves;
}

/** The expression of the part that a row comes from. */
function chosen(part: TypedExpr, exprs: readonly TypedExpr[], type: ValueType): TypedExpr {
  const [last, ...others] = [...exprs].reverse() as [TypedExpr, ...TypedExpr[]];
  if (others.length === 0) return last;
  const branches = others.reverse().map((then, i) => ({
    when: { kind: 'compare', type: 'bool', op: 'eq', left: part, right: number(i) } as const,
    then,
  }));
  return { kind: 'case', type, branches, otherwise: last };
}

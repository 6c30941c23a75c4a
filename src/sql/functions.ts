/** Functions over values, by their names in PostgreSQL and DuckDB. */

import type { CallNode, ExprNode } from '../expr/nodes.js';
import { literalOf } from './constants.js';
import { branch, call, type Env, equals, isNull, literal } from './env.js';
import { leftOf, rightOf, textOf } from './strings.js';
import type { Offset } from './text.js';
import { extracted, truncatedTime, unitOf } from './time-parts.js';
import { typeOf } from './types.js';

export interface FunctionCall {
  readonly name: string;
  readonly env: Env;
  readonly at: Offset;
}

interface SqlFunction {
  readonly least: number;
  readonly most: number;
  readonly make: (args: readonly ExprNode[], call: FunctionCall) => ExprNode;
}

type Plain = CallNode['fn'];

/** A function that is one of ours by another name. */
const plain = (fn: Plain, least = 1, most = least): SqlFunction => ({
  least,
  most,
  make: (args) => call(fn, ...args),
});

const made = (least: number, most: number, make: SqlFunction['make']): SqlFunction => ({ least, most, make });

/** Functions of one argument that look at the argument as text. */
const ofText = (fn: Plain): SqlFunction => made(1, 1, ([x], { env }) => call(fn, textOf(x as ExprNode, env)));

const trimmed = (fn: Plain): SqlFunction =>
  made(1, 2, ([x, characters], { env, name, at }) => {
    if (characters === undefined || literalOf(characters) === ' ') return call(fn, textOf(x as ExprNode, env));
    throw env.sql.unsupported(
      `${name} of other characters than blanks`,
      "replace(x, '…', '') takes them away everywhere",
      at,
    );
  });

/** EXTRACT's fields that DuckDB has as functions, too. */
const part = (field: string): SqlFunction => made(1, 1, ([x], at) => extracted(literal(field), x as ExprNode, at));

const power = plain('pow', 2);
const log10 = plain('log10');
const substring = made(2, 3, ([text, ...counts], { env }) =>
  call('substring', textOf(text as ExprNode, env), ...counts),
);
/** Towards zero. */
const truncated = made(1, 1, ([x], { env }) => {
  const value = x as ExprNode;
  if (typeOf(value, env).startsWith('int')) return value;
  const negative: ExprNode = { kind: 'compare', op: 'lt', left: value, right: literal(0) };
  return { kind: 'case', branches: [branch(negative, call('ceil', value))], otherwise: call('floor', value) };
});

const FUNCTIONS: Readonly<Record<string, SqlFunction>> = {
  abs: plain('abs'),
  floor: plain('floor'),
  ceil: plain('ceil'),
  ceiling: plain('ceil'),
  round: plain('round', 1, 2),
  trunc: truncated,
  sqrt: plain('sqrt'),
  exp: plain('exp'),
  ln: plain('ln'),
  log: log10,
  log2: plain('log2'),
  log10,
  pow: power,
  power,
  sign: plain('sign'),
  sin: plain('sin'),
  cos: plain('cos'),
  tan: plain('tan'),
  atan2: plain('atan2', 2),
  pi: made(0, 0, () => literal(Math.PI)),
  div: plain('intDiv', 2),
  mod: made(2, 2, ([left, right]) => ({
    kind: 'arithmetic',
    op: 'mod',
    left: left as ExprNode,
    right: right as ExprNode,
  })),
  isnan: plain('isNaN'),
  ifnull: plain('coalesce', 2),
  length: ofText('length'),
  char_length: ofText('length'),
  character_length: ofText('length'),
  lower: ofText('lower'),
  upper: ofText('upper'),
  trim: trimmed('trim'),
  btrim: trimmed('trim'),
  ltrim: trimmed('trimStart'),
  rtrim: trimmed('trimEnd'),
  replace: plain('replace', 3),
  split_part: made(3, 3, ([text, delimiter, n], { env }) =>
    call('splitPart', textOf(text as ExprNode, env), delimiter as ExprNode, n as ExprNode),
  ),
  starts_with: plain('startsWith', 2),
  ends_with: plain('endsWith', 2),
  contains: plain('contains', 2),
  concat: plain('concat', 1, 100),
  substring,
  substr: substring,
  left: made(2, 2, leftOf),
  right: made(2, 2, rightOf),
  date_trunc: made(2, 2, ([unit, time], at) => truncatedTime(unit as ExprNode, time as ExprNode, at)),
  date_part: made(2, 2, ([field, time], at) => extracted(field as ExprNode, time as ExprNode, at)),
  extract: made(2, 2, ([field, time], at) => extracted(field as ExprNode, time as ExprNode, at)),
  date_diff: made(3, 3, ([unit, from, to], at) =>
    call('dateDiff', literal(unitOf(unit as ExprNode, at)), from as ExprNode, to as ExprNode),
  ),
  year: part('year'),
  quarter: part('quarter'),
  month: part('month'),
  day: part('day'),
  dayofmonth: part('day'),
  dayofweek: part('dow'),
  hour: part('hour'),
  minute: part('minute'),
  second: part('second'),
  now: made(0, 0, (_, { env }) => literal(env.now)),
  nullif: made(2, 2, ([x, y]) => nullIf(x as ExprNode, y as ExprNode)),
};

/** What to write for functions that people reach for. */
const INSTEAD: Readonly<Record<string, string>> = {
  position: "starts_with(x, '…'), ends_with(x, '…') and contains(x, '…') are",
  strpos: "starts_with(x, '…'), ends_with(x, '…') and contains(x, '…') are",
  to_char: 'date_trunc, EXTRACT and CAST are; format times where they are shown',
  age: "date_diff('day', a, b) is",
  datediff: "date_diff('day', a, b) is",
  random: 'results must be the same wherever they are computed',
  concat_ws: "concat(a, ',', b) is",
  regexp_matches: 'LIKE is',
};

export const functionNames = (): string[] => Object.keys(FUNCTIONS);

/** A call of a function over values; undefined where there is none of that name. @throws SQL_SYNTAX on a wrong number of arguments */
export function functionCall(args: readonly ExprNode[], call: FunctionCall): ExprNode | undefined {
  const { name, env, at } = call;
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found) {
    if (Object.hasOwn(INSTEAD, name)) throw env.sql.unsupported(`the function ${name}`, INSTEAD[name] as string, at);
    return undefined;
  }
  checkCount(args.length, found, call);
  return found.make(args, call);
}

export function checkCount(
  count: number,
  { least, most }: { readonly least: number; readonly most: number },
  { name, env, at }: FunctionCall,
): void {
  if (count >= least && count <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  const arguments_ = wanted === '1' ? 'argument' : 'arguments';
  throw env.sql.error('SQL_SYNTAX', `${name} takes ${wanted} ${arguments_}, not ${count}`, undefined, at);
}

/** x, but null where it is y. */
export function nullIf(x: ExprNode, y: ExprNode): ExprNode {
  return { kind: 'case', branches: [branch(equals(x, y), literal(null))], otherwise: x };
}

/** Never null: true where both are null, or both the same value. */
export function isSame(left: ExprNode, right: ExprNode): ExprNode {
  if (literalOf(right) === null) return isNull(left);
  if (literalOf(left) === null) return isNull(right);
  const same = call('coalesce', equals(left, right), literal(false));
  const bothNull: ExprNode = { kind: 'logic', op: 'and', left: isNull(left), right: isNull(right) };
  return { kind: 'logic', op: 'or', left: same, right: bothNull };
}

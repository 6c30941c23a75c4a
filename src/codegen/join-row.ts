/**
 * The rows of a kernel that pass: conditions and look-ups one in another, each condition as soon as what it reads is known.
 * A look-up whose keys have several rows is a loop around the rest.
 */

import { conjuncts, mayFail } from '../expr/conditions.js';
import { childrenOf, isFloat, type TypedExpr } from '../expr/typed.js';
import { and, binary, type Ir, int, local, type Stmt, set, TRUE, variable, when } from './ir.js';
import { groupName, listTable, matchName, memoFunction, memoTable, startsTable } from './join-names.js';
import { type KernelLookup, PAIR_RADIX } from './join-table.js';
import { printJavaScriptExpression, printLuaExpression } from './print.js';
import { isCoded, type KernelColumn } from './shape.js';
import type { Values } from './values.js';

/** Which rows a kernel takes, and beside which rows of others. */
export interface Passing {
  readonly filter: TypedExpr | undefined;
  readonly lookups?: readonly KernelLookup[];
}

/** Whether rows come several times, once a match. */
export const repeats = ({ lookups = [] }: Passing): boolean => lookups.some(({ table }) => table.starts !== undefined);

/** Whether every row comes, and once. */
export function comesOnce(passing: Passing, values: Values): boolean {
  const { filter, lookups = [] } = passing;
  const all = lookups.every(({ how, table }) => how === 'left' && table.starts === undefined);
  return all && (filter === undefined || values.isTrue(filter, []) === TRUE);
}

/** The most rows that a row may become. */
export const fanoutOf = ({ lookups = [] }: Passing): number =>
  lookups.reduce((most, { table }) => most * table.fanout, 1);

/** What `work` puts into its scope is done for the rows that pass. */
export function passingRows(passing: Passing, values: Values, work: (scope: Stmt[]) => void): Stmt[] {
  const { filter, lookups = [] } = passing;
  const conditions = byLevel(filter, lookups);
  const level = (join: number, into: Stmt[]): void => {
    const passes = (conditions[join] ?? []).reduce<Ir>((all, each) => and(all, values.isTrue(each, into)), TRUE);
    const scope = values.inner(into);
    const lookup = lookups[join];
    if (lookup === undefined) {
      work(scope);
    } else {
      scope.push(...findMatch(lookup, join, values, scope));
      const found = values.inner(scope);
      level(join + 1, found);
      scope.push(...onMatch(lookup, join, found));
    }
    into.push(...when(passes, scope));
  };
  const into: Stmt[] = [];
  level(0, into);
  return into;
}

/**
 * The parts of a condition that must all hold, by the number of look-ups that are done before: as few as it reads, so that rows are
 * dropped early. What may fail is not asked of rows that would have been dropped before it.
 */
function byLevel(filter: TypedExpr | undefined, lookups: readonly KernelLookup[]): TypedExpr[][] {
  const levels: TypedExpr[][] = Array.from({ length: lookups.length + 1 }, () => []);
  if (lookups.length === 0) return [filter === undefined ? [] : [filter]];
  let before = 0;
  for (const [i, each] of conjuncts(filter).entries()) {
    const own = levelOf(each);
    const joined = lookups.filter(({ conditions }) => conditions <= i).length;
    const level = mayFail(each) ? Math.max(own, before, joined) : own;
    levels[level]?.push(each);
    before = Math.max(before, level);
  }
  return levels;
}

const levelOf = (expr: TypedExpr): number =>
  expr.kind === 'joined' ? expr.join + 1 : Math.max(0, ...childrenOf(expr).map(levelOf));

/** Leaves the number of the key in `key_<join>`, or where keys have one row each that of the row in `at_<join>`: 0 where there is none. */
function findMatch(lookup: KernelLookup, join: number, values: Values, outer: Stmt[]): Stmt[] {
  const name = (lookup.table.starts === undefined ? matchName(join) : groupName(join)) as Named;
  const column = memoColumn(lookup, values);
  if (column === undefined) return [local(name.name, int(0)), ...find(lookup, join, { values, outer, into: name })];
  const code = values.code(column);
  const [lua, js] = [printLuaExpression(code), printJavaScriptExpression(code)];
  const [memo, match] = [memoTable(join), memoFunction(join)];
  return [
    {
      s: 'raw',
      lua: `local ${name.name} = ${memo}[${lua}] if not ${name.name} then ${name.name} = ${match}(${lua}) end`,
      js: `let ${name.name} = ${memo}[${js}]; if (${name.name} === undefined) ${name.name} = ${match}(${js});`,
    },
  ];
}

type Named = Extract<Ir, { k: 'var' }>;

/** The column whose codes are looked up once each. */
export function memoColumn({ keys }: KernelLookup, values: Values): KernelColumn | undefined {
  const [key, ...others] = keys;
  const column = key && others.length === 0 ? values.columnOf(key) : undefined;
  return column && isCoded(column.encoding) ? column : undefined;
}

interface Search {
  readonly values: Values;
  readonly outer: Stmt[];
  /** Holds 0 before. */
  readonly into: Named;
}

/** The look-up itself: one list after another, with numbers of pairs. A number 0 is in no pair that a list holds. */
export function find({ keys }: KernelLookup, join: number, { values, outer, into }: Search): Stmt[] {
  const found = values.inner(outer);
  const valid = keys.reduce<Ir>((all, key) => and(all, values.valid(key, found)), TRUE);
  const inside = values.inner(found);
  keys.forEach((key, i) => {
    const name = `key${i + 1}`;
    inside.push(local(name, values.value(key, inside)));
    // Lua cannot index by NaN.
    if (isFloat(key.type)) inside.push({ s: 'raw', lua: `if ${name} ~= ${name} then ${name} = true end`, js: '' });
    if (i === 0) {
      inside.push(lookedUp(into.name, listTable(join, 0), name));
      return;
    }
    inside.push(
      local(`number${i + 1}`, int(0)),
      lookedUp(`number${i + 1}`, listTable(join, 2 * i - 1), name),
      lookedUp(into.name, listTable(join, 2 * i), `${into.name} * ${PAIR_RADIX} + number${i + 1}`),
    );
  });
  return [{ s: 'scope', body: [...found, ...when(valid, inside)] }];
}

const lookedUp = (into: string, list: string, key: string): Stmt => ({
  s: 'raw',
  lua: `${into} = ${list}[${key}] or 0`,
  js: `${into} = ${list}.get(${key}) ?? 0;`,
});

/** The rest of a row's work, for each match. */
function onMatch({ how, table }: KernelLookup, join: number, body: readonly Stmt[]): Stmt[] {
  const match = matchName(join);
  if (table.starts !== undefined) {
    const starts = startsTable(join);
    const [g, name] = [groupName(join), (match as Named).name];
    const [from, to] = [at(starts, g), { k: 'binary', op: '-', a: at(starts, next(g)), b: int(1) } as const];
    return [{ s: 'for', name, from, to, body }];
  }
  if (how === 'left') return [...body];
  return when(binary(how === 'anti' ? '==' : '~=', match, int(0)), body);
}

const at = (table: string, index: Ir): Ir => ({ k: 'at', table, index });
const next = (g: Ir): Ir => binary('+', g, int(1));

/** What `memoColumn`'s look-up does for a code that it meets first: the value of the column's code named `code`. */
export function memoStatements(lookup: KernelLookup, join: number, values: Values): Stmt[] {
  const found = variable('found') as Named;
  const memo = memoTable(join);
  return [
    local('found', int(0)),
    ...find(lookup, join, { values, outer: [], into: found }),
    set({ k: 'at', table: memo, index: variable('code') }, found),
  ];
}

/**
 * How a row finds its group. Few groups of coded columns are numbered by their codes; others are looked up in hash tables.
 * Lua cannot index by nil or NaN, so that there null is `false` and NaN `true`.
 */

import { isFloat } from '../expr/typed.js';
import type { FoldBody } from './body.js';
import { add, binary, FALSE, type Ir, int, local, mul, type Stmt, select, set, variable } from './ir.js';
import { printJavaScriptExpression, printLuaExpression } from './print.js';
import { isWideCode, type KernelColumn } from './shape.js';
import { initText } from './state-code.js';
import type { Values } from './values.js';

/** Wider than any number of groups in a chunk; three parts then fit below 2^53. */
const RADIX = 2 ** 17;

/** Statements that leave the row's group in `g`, make it where it is new, and count the row. @param weight in Lua, rows that it stands for */
export function findGroup(body: FoldBody, values: Values, outer: Stmt[], weight: Ir = int(1)): Stmt[] {
  const find = body.shape.dense ? denseGroup(body, values) : hashedGroup(body, { values, outer });
  return [
    ...find,
    ...touchUnit(body),
    { s: 'raw', lua: `rows[g] = rows[g] + ${printLuaExpression(weight)}`, js: 'rows[g]++;' },
  ];
}

function denseGroup(body: FoldBody, values: Values): Stmt[] {
  const codes = body.shape.spec.keys.map((key) => values.code(values.columnOf(key) as KernelColumn));
  const index = codes.map((code, key) => (key === 0 ? code : mul(code, variable(`q${key}`)))).reduce(add);
  return index.k === 'var' && index.name === 'g' ? [] : [local('g', index)];
}

/** The slot of the column whose codes are the groups' numbers, if that is all there is to the number. */
export function groupSlot({ shape }: FoldBody): number | undefined {
  const [key, ...others] = shape.spec.keys;
  if (!shape.dense || others.length > 0 || key?.kind !== 'column') return undefined;
  return shape.columns.find(({ index, encoding }) => index === key.index && isWideCode(encoding))?.slot;
}

/** The first row of a group in a unit starts its unit-scoped states. */
function touchUnit(body: FoldBody): Stmt[] {
  const [first] = body.treeCells;
  // Few groups are all started with the unit.
  if (first === undefined || body.shape.dense) return [];
  const starts = body.treeStarts.map(([cell, init]) => `${body.cellName(cell)}[g] = ${init}`);
  const known = `${body.cellName(first)}[g]`;
  return [
    {
      s: 'raw',
      lua: `if ${known} == nil then nt = nt + 1 T[nt] = g ${starts.join(' ')} end`,
      js: `if (S[g] !== 1) { S[g] = 1; T.push(g); ${starts.join('; ')}; }`,
    },
  ];
}

/** A row's values, and the statements that stand before its group is looked for. */
interface RowValues {
  readonly values: Values;
  readonly outer: Stmt[];
}

function hashedGroup(body: FoldBody, row: RowValues): Stmt[] {
  const { keys } = body.shape.spec;
  const parts = keys.map((_, key) => body.keyWires[key] === 'code');
  const statements: Stmt[] = [];
  if (keys.length === 1) {
    statements.push(...keyPart(body, row, 0, parts[0] === true));
    return [...statements, ...intern(body, variable('key1'))];
  }
  for (const key of keys.keys()) {
    statements.push(...keyPart(body, row, key, parts[key] === true));
    if (parts[key]) continue;
    // A value becomes a number of its own first.
    const [h, i, v, n] = [`key${key + 1}`, `I${key + 1}`, `V${key + 1}`, `nv${key + 1}`];
    statements.push({
      s: 'raw',
      lua: `do local i = ${i}[${h}] if not i then ${n} = ${n} + 1 i = ${n} ${i}[${h}] = i ${v}[i] = ${h} end ${h} = i end`,
      js: `{ let i = ${i}.get(${h}); if (i === undefined) { i = ++${n}; ${i}.set(${h}, i); ${v}[i] = ${h}; } ${h} = i; }`,
    });
  }
  // Three parts to a look-up; a longer key goes on with the number found so far.
  let combined: Ir = variable('key1');
  let width = 1;
  for (let key = 1; key < keys.length; key++) {
    if (width === 3) {
      const table = `J${key}`;
      const text = { lua: printLuaExpression(combined), js: printJavaScriptExpression(combined) };
      statements.push({
        s: 'raw',
        lua: `local j${key} = ${table}[${text.lua}] if not j${key} then cj${key} = cj${key} + 1 j${key} = cj${key} ${table}[${text.lua}] = j${key} end`,
        js: `let j${key} = ${table}.get(${text.js}); if (j${key} === undefined) { j${key} = ++cj${key}; ${table}.set(${text.js}, j${key}); }`,
      });
      combined = variable(`j${key}`);
      width = 1;
    }
    combined = add(mul(combined, int(RADIX)), variable(`key${key + 1}`));
    width += 1;
  }
  return [...statements, local('h', combined), ...intern(body, variable('h'))];
}

/** `key<n>`: the code of a coded column, else the value with null and NaN replaced and -0 made 0. */
function keyPart(body: FoldBody, { values, outer }: RowValues, key: number, coded: boolean): Stmt[] {
  const expr = body.shape.spec.keys[key] as (typeof body.shape.spec.keys)[number];
  const name = `key${key + 1}`;
  if (coded) return [local(name, values.code(values.columnOf(expr) as KernelColumn))];
  const into = values.inner(outer);
  const valid = values.valid(expr, into);
  const float = isFloat(expr.type);
  const plain = valid === FALSE ? int(0) : values.value(expr, into);
  const value = select(valid, float ? add(plain, int(0)) : plain, variable('NULL'));
  const statements: Stmt[] =
    into.length === 0
      ? [local(name, value)]
      : [local(name, variable('NULL')), { s: 'scope', body: [...into, set(variable(name), value)] }];
  if (float) {
    statements.push({
      s: 'if',
      cond: binary('~=', variable(name), variable(name)),
      body: [{ s: 'raw', lua: `${name} = true`, js: '' }],
    });
  }
  return statements;
}

/** `g`, the number of the group of a key; a new one gets the next number and its states. */
function intern(body: FoldBody, key: Ir): Stmt[] {
  const name = printLuaExpression(key);
  const keys = body.shape.spec.keys.map((_, index) => `K${index + 1}[g] = key${index + 1}`);
  const starts = (language: 'lua' | 'js'): string[] => [...keys, 'rows[g] = 0', ...groupStarts(body, language)];
  return [
    {
      s: 'raw',
      lua: `local g = G[${name}] if not g then ng = ng + 1 g = ng G[${name}] = g ${starts('lua').join(' ')} end`,
      js: `let g = G.get(${name}); if (g === undefined) { g = ++ng; G.set(${name}, g); ${starts('js').join('; ')}; }`,
    },
  ];
}

/** Gives group g the states that run on through a slice. */
export function groupStarts(body: FoldBody, language: 'lua' | 'js'): string[] {
  return body.states.flatMap(({ code, firstCell }) =>
    code.unitScoped
      ? []
      : code.fields.map(({ init }, field) => `${body.cellName(firstCell + field)}[g] = ${initText(init, language)}`),
  );
}

/** A table by group on the client side, where a row is at most one new group; joined rows may be more. */
export const groupTable = ({ shape }: FoldBody, type: 'Float64Array' | 'Uint8Array'): string =>
  shape.spec.lookups === undefined ? `new ${type}(n + 1)` : '[]';

/** Where groups are looked up: numbers in a table that is quicker than a map. */
function groupMap({ shape, keyWires }: FoldBody): string {
  const ofTexts = shape.spec.keys.length === 1 && keyWires[0] === 'string';
  return ofTexts ? 'new Map()' : 'new NumberTable()';
}

/** The tables that `findGroup` uses, declared before the rows. */
export function groupTables(body: FoldBody): { lua: string; js: string } {
  const { keys } = body.shape.spec;
  const lua: string[] = ['local rows = {}'];
  const js: string[] = [`const rows = ${body.shape.dense ? '[]' : groupTable(body, 'Float64Array')};`];
  if (!body.shape.dense) {
    lua.push('local G, ng = {}, 0');
    js.push(`const G = ${groupMap(body)}; let ng = 0;`);
    for (const key of keys.keys()) {
      lua.push(`local K${key + 1} = {}`);
      js.push(`const K${key + 1} = [];`);
      if (keys.length > 1 && body.keyWires[key] !== 'code') {
        lua.push(`local I${key + 1}, V${key + 1}, nv${key + 1} = {}, {}, 0`);
        js.push(`const I${key + 1} = new Map(), V${key + 1} = []; let nv${key + 1} = 0;`);
      }
    }
    for (let key = 3; key < keys.length; key += 2) {
      lua.push(`local J${key}, cj${key} = {}, 0`);
      js.push(`const J${key} = new Map(); let cj${key} = 0;`);
    }
  }
  if (body.spilled) {
    lua.push('local U = {}');
    js.push('const U = [];');
  }
  for (let cell = 1; cell <= body.cellCount; cell++) {
    lua.push(body.spilled ? `U[${cell}] = {}` : `local u${cell} = {}`);
    js.push(body.spilled ? `U[${cell}] = [];` : `let u${cell} = [];`);
  }
  if (body.treeCells.length > 0 && !body.shape.dense) {
    lua.push('local T, nt');
    js.push('let T, S;');
  }
  return { lua: lua.join('\n'), js: js.join('\n') };
}

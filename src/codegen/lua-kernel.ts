/** A fold framed as a Lua script: whole blocks of 64 rows unrolled, the rows after the last of them one by one, by the same tree. */

import type { FoldBody } from './body.js';

import { decodeOne, oneRow } from './decode-lua.js';
import { findGroup, groupTables } from './groups.js';
import { at, type Ir, type Stmt, set, variable } from './ir.js';
import { codeNames, luaLookups } from './join-frame.js';
import { withRuntime } from './lua-pieces.js';
import { reply } from './lua-reply.js';
import { bindConstants, fetchColumns, firstLookup } from './lua-runtime.js';
import { BLOCK, wideLoop } from './lua-wide.js';
import { passFunctions } from './pass-frame.js';
import { printLua } from './print.js';
import type { Search } from './rows-find.js';
import { initText } from './state-code.js';
import { unitsOf } from './units.js';

import type { Values } from './values.js';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** @param search the equality by which blocks without a candidate are passed over */
export function luaKernel(body: FoldBody, search?: Search): string {
  const group = (values: Values, outer: Stmt[]): Stmt[] => findGroup(body, values, outer);
  // Printed before the frame, so that the constants and dictionaries that rows need are known.
  const one = oneRowText(body, group);
  const merge = body.treeCells.length > 0 ? mergeFunction(body) : [];
  const wide = wideLoop(body, search);
  const { rows: unitRows } = unitsOf(body.shape.spec);
  const lookups = luaLookups(body.shape.spec.lookups ?? [], firstLookup(body), body.values(codeNames));
  const lines = [
    ...fetchColumns(body),
    ...bindConstants(body),
    ...lookups,
    ...passFunctions(body),
    ...wide.before,
    ...startSlice(body, merge),
    'local seen = 0',
    `for lo = 0, n - 1, ${unitRows} do`,
    `local hi = lo + ${unitRows} if hi > n then hi = n end`,
    ...startUnit(body),
    `local full = ${wide.full}`,
    ...wide.loop,
    ...tail(body, one),
    'seen = seen + (hi - lo)',
    ...endUnit(body),
    'end',
    ...endSlice(body),
    ...reply(body),
  ];
  return withRuntime(lines.join('\n'));
}

function oneRowText(body: FoldBody, group: Parameters<FoldBody['row']>[1]): string {
  const deliver = (input: number, value: Ir): Stmt[] => [set(at(`D${input}`, variable('q')), value)];
  return printLua(body.row({ names: oneRow, deliver }, group));
}

/** Rows of the last, partial block; of all blocks, where wide decoding does not fit. Missing rows count as 0. */
function tail(body: FoldBody, row: string): string[] {
  const inputs = Array.from({ length: body.inputCount }, (_, input) => input);
  return [
    `for first = full, hi - 1, ${BLOCK} do`,
    `local last = first + ${BLOCK - 1} < hi - 1 and first + ${BLOCK - 1} or hi - 1`,
    ...inputs.map((input) => `local D${input} = {} for q = 1, ${BLOCK} do D${input}[q] = 0 end`),
    'for r = first, last do',
    ...(inputs.length > 0 ? ['local q = r - first + 1'] : []),
    ...body.shape.columns.flatMap(decodeOne),
    row,
    'end',
    ...inputs.map((input) => `local y${input} = fold(D${input})`),
    printLua(body.block((input) => variable(`y${input}`))),
    'end',
  ];
}

/** The groups and states of no rows. @param merge the function that merges units, if any state needs it */
export function startSlice(body: FoldBody, merge: readonly string[]): string[] {
  const lines: string[] = [];
  if (body.grouped) {
    lines.push(groupTables(body).lua);
    if (body.shape.dense) lines.push(...denseStarts(body));
  } else {
    lines.push('local rows = 0');
    if (body.spilled) lines.push('local U = {}');
    for (const { code, firstCell } of body.states) {
      const inits = [...code.fields.map(({ init }) => init), ...new Array<string>(code.scratch).fill('0')];
      inits.forEach((init, field) => {
        lines.push(`${body.spilled ? '' : 'local '}${body.cellName(firstCell + field)} = ${initText(init, 'lua')}`);
      });
    }
  }
  if (merge.length > 0) lines.push('local stack, depth, done = {}, 0, 0', ...merge);
  return lines;
}

/** Tables of all groups, filled at once where their values are no tables themselves. */
function denseStarts(body: FoldBody): string[] {
  const lines = ['rows = filled(0, groups)'];
  const rest: string[] = [];
  for (const { code, firstCell } of body.states) {
    if (code.unitScoped) continue;
    code.fields.forEach(({ init }, field) => {
      const cell = body.cellName(firstCell + field);
      if (/^(\d+|-?INF|NONE)$/.test(init)) lines.push(`${cell} = filled(${init}, groups)`);
      else rest.push(`${cell}[g] = ${initText(init, 'lua')}`);
    });
  }
  if (rest.length > 0) lines.push(`for g = 0, groups - 1 do ${rest.join(' ')} end`);
  if (body.mergedCells.length > 0) lines.push('local ZEROS = filled(0, groups)');
  return lines;
}

/** merge(x, y): the unit-scoped states of y into those of x. */
function mergeFunction(body: FoldBody): string[] {
  const merge = printLua(body.treeMerge());
  if (!body.grouped) return [`local function merge(x, y) ${merge} end`];
  const tables = range(body.treeCells.length);
  return [
    'local function merge(x, y)',
    `local ${tables.map((i) => `x${i}, y${i}`).join(', ')} = ${tables.map((i) => `x[${i}], y[${i}]`).join(', ')}`,
    ...(body.shape.dense
      ? [...ownTables(body), `for g = 0, groups - 1 do ${merge} end end`]
      : mergeTouched(tables, merge)),
  ];
}

/** A unit's tables of what only merges change are one table of zeros for all, until the first merge. */
function ownTables(body: FoldBody): string[] {
  return body.mergedCells.map((cell) => {
    const i = body.treeCells.indexOf(cell) + 1;
    return `if x${i} == ZEROS then x${i} = filled(0, groups) x[${i}] = x${i} end`;
  });
}

/** Groups that both sides have merge; those of the right side alone move over. */
function mergeTouched(tables: readonly number[], merge: string): string[] {
  return [
    'for i = 1, y.count do local g = y.touched[i]',
    `if x1[g] == nil then x.count = x.count + 1 x.touched[x.count] = g ${tables.map((i) => `x${i}[g] = y${i}[g]`).join(' ')}`,
    `else ${merge} end`,
    'end end',
  ];
}

function startUnit(body: FoldBody): string[] {
  const lines = body.unconditional ? ['rows = rows + (hi - lo)'] : [];
  const starts = body.treeStarts;
  if (starts.length === 0) return lines;
  if (!body.grouped) return [...lines, ...starts.map(([cell, init]) => `${body.cellName(cell)} = ${init}`)];
  if (!body.shape.dense) return [...lines, ...starts.map(([cell]) => `${body.cellName(cell)} = {}`), 'T, nt = {}, 0'];
  const merged = new Set(body.mergedCells);
  const filled = ([cell, init]: readonly [number, string]): string =>
    merged.has(cell) ? 'ZEROS' : `filled(${init}, groups)`;
  return [...lines, ...starts.map((start) => `${body.cellName(start[0])} = ${filled(start)}`)];
}

/** A finished unit becomes a node; two nodes of equal height merge at once. */
function endUnit(body: FoldBody): string[] {
  if (body.treeCells.length === 0) return [];
  const cells = body.treeCells.map((cell) => body.cellName(cell)).join(', ');
  return [
    'depth, done = depth + 1, done + 1',
    body.grouped && !body.shape.dense
      ? `stack[depth] = { touched = T, count = nt, ${cells} }`
      : `stack[depth] = { ${cells} }`,
    'local height = done',
    'while height % 2 == 0 do',
    'merge(stack[depth - 1], stack[depth]) depth, height = depth - 1, height / 2',
    'end',
  ];
}

function endSlice(body: FoldBody): string[] {
  if (body.treeCells.length === 0) return [];
  const cells = body.treeCells.map((cell) => body.cellName(cell)).join(', ');
  const nodes = body.treeCells.map((_, i) => `stack[1][${i + 1}]`).join(', ');
  return ['while depth > 1 do merge(stack[depth - 1], stack[depth]) depth = depth - 1 end', `${cells} = ${nodes}`];
}

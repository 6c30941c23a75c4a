/**
 * A fold framed as a Lua script. Blocks of 64 rows are decoded 64, 32, 16 or 8 values a call, unrolled, as many as fit among
 * the 200 locals of a Lua function; the rows after the last whole block one by one. Both ways sum by the same tree.
 */

import { UNIT_ROWS } from '../storage/types.js';
import type { FoldBody } from './body.js';
import { decodeLocals, decodeOne, decodeWide, oneRow, wideRow } from './decode-lua.js';
import { findGroup, groupStarts, groupTables } from './groups.js';
import { at, type Ir, type Stmt, set, variable } from './ir.js';
import { codeNames, lookupLocals, luaLookups } from './join-frame.js';
import { functionLocals } from './lua-functions/index.js';
import { bindConstants, fetchColumns, firstLookup, withRuntime } from './lua-runtime.js';
import { printLua, printLuaExpression } from './print.js';
import { type FieldCode, initText } from './state-code.js';
import type { Values } from './values.js';

const BLOCK = 64;
const MAX_LOCALS = 185;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Rows decoded at once, 0 where not even eight fit. */
export function decodeWidth(body: FoldBody): number {
  const copied = copiedInputs(body, (values, outer) => findGroup(body, values, outer));
  const { columns } = body.shape;
  const { constants } = body;
  const fixed =
    28 +
    6 * columns.length +
    (body.spilled ? 1 : body.cellCount) +
    body.lists.length +
    Math.max(0, ...body.states.map(({ code }) => code.locals ?? 0)) +
    5 * body.inputCount +
    constants.numbers.length +
    constants.strings.length +
    3 * constants.locations.length +
    3 * constants.thresholds.length +
    constants.sets.length +
    lookupLocals(body.shape.spec.lookups ?? []) +
    constants.memos.length +
    constants.temporaries +
    functionLocals(constants.functions) +
    (body.grouped ? 6 + 4 * body.shape.spec.keys.length : 0);
  const fits = (width: number): boolean =>
    fixed + copied * width + columns.reduce((sum, column) => sum + decodeLocals(column, width), 0) <= MAX_LOCALS;
  return [64, 32, 16, 8].find(fits) ?? 0;
}

export function luaKernel(body: FoldBody): string {
  const group = (values: Values, outer: Stmt[]): Stmt[] => findGroup(body, values, outer);
  // Printed before the frame, so that the constants and dictionaries that rows need are known.
  const one = oneRowText(body, group);
  const merge = body.treeCells.length > 0 ? mergeFunction(body) : [];
  const width = decodeWidth(body);
  const wide = width === 0 ? [] : wideBlock(body, width, group);
  const lookups = luaLookups(body.shape.spec.lookups ?? [], firstLookup(body), body.values(codeNames));
  const lines = [
    ...fetchColumns(body),
    ...bindConstants(body),
    ...lookups,
    ...decoders(body, width),
    ...startSlice(body, merge),
    'local seen = 0',
    `for lo = 0, n - 1, ${UNIT_ROWS} do`,
    `local hi = lo + ${UNIT_ROWS} if hi > n then hi = n end`,
    ...startUnit(body),
    `local full = ${width === 0 ? 'lo' : `lo + floor((hi - lo) / ${BLOCK}) * ${BLOCK}`}`,
    ...(width === 0 ? [] : [`for r = lo, full - 1, ${BLOCK} do`, ...wide, 'end']),
    ...tail(body, one),
    'seen = seen + (hi - lo)',
    ...endUnit(body),
    'end',
    ...endSlice(body),
    ...reply(body),
  ];
  return withRuntime(lines.join('\n'));
}

function decoders(body: FoldBody, width: number): string[] {
  if (width === 0) return [];
  const kinds = new Set(body.shape.columns.map(({ encoding }) => encoding));
  const lines: string[] = [];
  for (const [kind, letter] of [
    ['f64', 'd'],
    ['f32', 'f'],
  ] as const) {
    if (!kinds.has(kind)) continue;
    lines.push(`local F${kind} = '<' .. rep('${letter}', ${width})`);
  }
  if (kinds.has('plain')) {
    lines.push(`local Fplain = '<' .. rep('I4', ${width + 1})`);
  }
  return lines;
}

/** One block of 64 rows: 64 / width groups, their sums combined pairwise as they come. */
function wideBlock(body: FoldBody, width: number, group: Parameters<FoldBody['row']>[1]): string[] {
  const levels = Math.log2(BLOCK / width);
  const lines: string[] = [];
  for (let input = 0; input < body.inputCount; input++) {
    lines.push(
      `local ${range(levels + 1)
        .map((level) => `y${input}_${level - 1}`)
        .join(', ')}`,
    );
  }
  for (let part = 0; part < BLOCK / width; part++) {
    lines.push('do', ...wideGroup(body, part * width, width, group));
    for (let input = 0; input < body.inputCount; input++) lines.push(combine(input, part));
    lines.push('end');
  }
  lines.push(printLua(body.block((input) => variable(`y${input}_${levels}`))));
  return lines;
}

/** Adds the sum of a group to those before it, two equals at a time: the pairwise tree over the whole block. */
function combine(input: number, part: number): string {
  let [sum, level, rest] = [`y${input}`, 0, part];
  for (; rest % 2 === 1; rest = (rest - 1) / 2) {
    sum = `(y${input}_${level} + ${sum})`;
    level += 1;
  }
  return `y${input}_${level} = ${sum}`;
}

function wideGroup(body: FoldBody, from: number, width: number, group: Parameters<FoldBody['row']>[1]): string[] {
  const lines = body.shape.columns.flatMap((column) => decodeWide(column, from, width));
  const rows: string[] = [];
  const inputs: Ir[][] = Array.from({ length: body.inputCount }, () => []);
  const needed = new Set<number>();
  for (const i of range(width)) {
    const { names, before } = wideRow(body.shape.columns, i);
    const deliver = (input: number, value: Ir, always: boolean): Stmt[] => {
      const list = inputs[input] as Ir[];
      if (always && outlivesRow(value)) {
        list[i - 1] = value;
        return [];
      }
      needed.add(input);
      list[i - 1] = variable(`e${input}_${i}`);
      return [set(variable(`e${input}_${i}`), value)];
    };
    const statements = body.row({ names, deliver }, group);
    if (statements.length > 0) rows.push(printLua([{ s: 'scope', body: [...before, ...statements] }]));
  }
  for (const input of needed) {
    const names = range(width)
      .map((i) => `e${input}_${i}`)
      .join(', ');
    lines.push(
      `local ${names} = ${range(width)
        .map(() => '0')
        .join(', ')}`,
    );
  }
  lines.push(...rows);
  for (const [input, values] of inputs.entries()) {
    lines.push(`local y${input} = ${printLuaExpression(pairwise(values))}`);
  }
  return lines;
}

/** Whether a value can be taken later in the block: nothing in it is a local of its row. Then it needs no copy. */
function outlivesRow(value: Ir): boolean {
  switch (value.k) {
    case 'var':
      return /^(c\d+_\d+|[bkm]\d+)$/.test(value.name);
    case 'int':
      return true;
    case 'binary':
      return outlivesRow(value.a) && outlivesRow(value.b);
    default:
      return false;
  }
}

/** How many inputs need a local a row. */
function copiedInputs(body: FoldBody, group: Parameters<FoldBody['row']>[1]): number {
  const copied = new Set<number>();
  const deliver = (input: number, value: Ir, always: boolean): Stmt[] => {
    if (!always || !outlivesRow(value)) copied.add(input);
    return [];
  };
  body.row({ names: wideRow(body.shape.columns, 1).names, deliver }, group);
  return copied.size;
}

/** Sum of a power of two of values as a balanced tree. */
function pairwise(values: readonly Ir[]): Ir {
  if (values.length === 1) return values[0] as Ir;
  const half = values.length / 2;
  return { k: 'binary', op: '+', a: pairwise(values.slice(0, half)), b: pairwise(values.slice(half)) };
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

function startSlice(body: FoldBody, merge: readonly string[]): string[] {
  const lines: string[] = [];
  if (body.grouped) {
    lines.push(groupTables(body).lua);
    if (body.shape.dense) {
      lines.push(`for g = 0, groups - 1 do rows[g] = 0 ${groupStarts(body, 'lua').join(' ')} end`);
    }
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

/** merge(x, y): the unit-scoped states of y into those of x. */
function mergeFunction(body: FoldBody): string[] {
  const merge = printLua(body.treeMerge());
  if (!body.grouped) return [`local function merge(x, y) ${merge} end`];
  const tables = range(body.treeCells.length);
  return [
    'local function merge(x, y)',
    `local ${tables.map((i) => `x${i}, y${i}`).join(', ')} = ${tables.map((i) => `x[${i}], y[${i}]`).join(', ')}`,
    ...(body.shape.dense ? [`for g = 0, groups - 1 do ${merge} end end`] : mergeTouched(tables, merge)),
  ];
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
  lines.push(...starts.map(([cell]) => `${body.cellName(cell)} = {}`));
  // Filled in order, so that Lua keeps them as arrays.
  const filled = starts.map(([cell, init]) => `${body.cellName(cell)}[g] = ${init}`).join(' ');
  return [...lines, body.shape.dense ? `for g = 0, groups - 1 do ${filled} end` : 'T, nt = {}, 0'];
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

/** Lua that packs a table of one value a group. */
function packer(wire: FieldCode['wire'] | 'code' | 'string', table: string): string {
  if (typeof wire === 'object') {
    if ('map' in wire) return `pack_maps('${wire.map}', '${wire.counts}', ${table}, count)`;
    const lists = wire.top === undefined ? table : `top_lists(${table}, count, ${wire.top})`;
    return `pack_lists('${wire.list}', ${lists}, count)`;
  }
  if (wire === 'S' || wire === 'string') return `pack_strings(${table}, count)`;
  return wire === 'number'
    ? `pack_numbers(${table}, count)`
    : `pack_list('${wire === 'code' ? 'H' : wire}', ${table}, count)`;
}

/** Number of groups, then column by column: keys, rows, fields; the microseconds that it took; the rows it passed over. */
function reply(body: FoldBody): string[] {
  const fields = body.states.flatMap((state) =>
    state.code.fields.map(({ wire }, field) => ({ wire, cell: body.cellName(state.firstCell + field) })),
  );
  const parts: string[] = [];
  const lines: string[] = [];
  if (!body.grouped) {
    lines.push('local count = 1');
    parts.push(`pack('<${body.countWire}', rows)`, ...fields.map(({ wire, cell }) => packer(wire, `{ ${cell} }`)));
  } else {
    lines.push('local list, count = {}, 0');
    lines.push(
      body.shape.dense
        ? 'for g = 0, groups - 1 do if rows[g] > 0 then count = count + 1 list[count] = g end end'
        : 'count = ng for g = 1, ng do list[g] = g end',
      'local function gather(t) local out = {} for i = 1, count do out[i] = t[list[i]] end return out end',
    );
    body.keyWires.forEach((wire, key) => void parts.push(packer(wire, keyValues(body, key, lines))));
    parts.push(
      `pack_list('${body.countWire}', gather(rows), count)`,
      ...fields.map(({ wire, cell }) => packer(wire, `gather(${cell})`)),
    );
  }
  return [
    ...lines,
    `local result = pack('<I4', count) .. ${parts.join(' .. ')}`,
    "local ended = call('TIME')",
    'return { result, (ended[1] - started[1]) * 1000000 + ended[2] - started[2], seen }',
  ];
}

/** A table of the key's values in the order of `list`. */
function keyValues(body: FoldBody, key: number, lines: string[]): string {
  const name = `KK${key + 1}`;
  if (body.shape.dense) {
    const next = key + 1 < body.shape.spec.keys.length ? ` % q${key + 1}` : '';
    const code = key === 0 ? `list[i]${next}` : `floor(list[i]${next} / q${key})`;
    lines.push(`local ${name} = {} for i = 1, count do ${name}[i] = ${code} end`);
    return name;
  }
  const gathered = body.shape.spec.keys.length > 1 && body.keyWires[key] !== 'code';
  if (!gathered) return `K${key + 1}`;
  lines.push(`local ${name} = {} for i = 1, count do ${name}[i] = V${key + 1}[K${key + 1}[i]] end`);
  return name;
}

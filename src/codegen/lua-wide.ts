/**
 * Blocks of 64 rows of a fold as Lua: decoded 64, 32, 16 or 8 values a call, unrolled, as many as fit among the 200 locals of a Lua
 * function. Under a filter there are two forms of a block. Where few rows pass, floats that the filter does not read are decoded one by
 * one in the rows that do (measured: 45 ns each against 11 ns for every row); where more pass, all at once. Rows of a selective equality
 * are found by C: a block without one is passed over. All forms sum by the same tree.
 */

import { columnsOf } from '../expr/typed.js';
import type { FoldBody } from './body.js';
import { canBeLate, decodeLocals, decodeWide, isFloats, wideRow } from './decode-lua.js';
import { findGroup, groupSlot } from './groups.js';
import { add, type Ir, int, type Stmt, set, variable } from './ir.js';
import { lookupLocals } from './join-frame.js';
import { functionLocals } from './lua-functions/index.js';
import { printLua, printLuaExpression } from './print.js';
import type { Search } from './rows-find.js';
import type { KernelColumn } from './shape.js';

export const BLOCK = 64;
const MAX_LOCALS = 185;
/** Characters of two forms together. Compiling takes a millisecond for ten thousand, and Lua has bounds for what a loop may hold. */
const MAX_TEXT = 50_000;
/** Rows of a block up to which decoding them one by one is cheaper. */
const FEW_ROWS = 16;
/** Values of a column from which on one block of 64 rows in eight lacks a given one. */
export const SEARCHED_VALUES = 32;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

type Group = Parameters<FoldBody['row']>[1];

/** A way to decode a block. */
interface Form {
  /** Rows decoded at once. */
  readonly width: number;
  /** Slots of the columns that are decoded, or put together, in the rows that pass alone. */
  readonly late: ReadonlySet<number>;
  /** Whether this is the form for few rows. */
  readonly sparse: boolean;
}

/** Rows decoded at once where many pass, 0 where not even eight fit. */
export const decodeWidth = (body: FoldBody): number => denseForm(body).width;

function denseForm(body: FoldBody): Form {
  const late = lateColumns(body, ({ encoding }) => !isFloats(encoding));
  const width = widthOf(body, late);
  if (width > 0) return { width, late, sparse: false };
  // Some columns one by one is better than all of them.
  const more = lateColumns(body, () => true);
  return { width: widthOf(body, more), late: more, sparse: false };
}

/** Undefined where decoding less would save nothing. */
function sparseForm(body: FoldBody): Form | undefined {
  const late = lateColumns(body, () => true);
  if (
    body.unconditional ||
    body.shape.spec.filter === undefined ||
    !body.shape.columns.some(({ slot, encoding }) => late.has(slot) && isFloats(encoding))
  ) {
    return undefined;
  }
  return { width: widthOf(body, late), late, sparse: true };
}

function lateColumns({ shape }: FoldBody, wanted: (column: KernelColumn) => boolean): Set<number> {
  // Look-ups read columns between the conditions.
  if ((shape.spec.lookups ?? []).length > 0) return new Set();
  const filtered = shape.spec.filter === undefined ? new Set<number>() : columnsOf(shape.spec.filter);
  const late = shape.columns.filter((column) => !filtered.has(column.index) && canBeLate(column) && wanted(column));
  return new Set(late.map(({ slot }) => slot));
}

function widthOf(body: FoldBody, late: ReadonlySet<number>): number {
  const copied = copiedInputs(body, late);
  const { columns } = body.shape;
  const { constants } = body;
  const fixed =
    32 +
    6 * columns.length +
    (body.spilled ? 1 : body.cellCount) +
    body.lists.length +
    Math.max(0, ...body.states.map(({ code }) => code.locals ?? 0)) +
    lookupLocals(body.shape.spec.lookups ?? []) +
    5 * body.inputCount +
    constants.numbers.length +
    constants.strings.length +
    3 * constants.locations.length +
    3 * constants.thresholds.length +
    constants.sets.length +
    constants.memos.length +
    constants.temporaries +
    functionLocals(constants.functions) +
    (body.grouped ? 6 + 4 * body.shape.spec.keys.length : 0);
  const locals = (width: number): number =>
    columns.reduce((sum, column) => {
      return sum + (late.has(column.slot) && isFloats(column.encoding) ? 1 : decodeLocals(column, width));
    }, 0);
  return [64, 32, 16, 8].find((width) => fixed + copied * width + locals(width) <= MAX_LOCALS) ?? 0;
}

/** What stands before the units, and the loop over the whole blocks of a unit; `full` is the row behind the last of them. */
export interface WideLoop {
  readonly before: readonly string[];
  readonly full: string;
  readonly loop: readonly string[];
}

export function wideLoop(body: FoldBody, search: Search | undefined): WideLoop {
  const dense = denseForm(body);
  if (dense.width === 0) return { before: [], full: 'lo', loop: [] };
  // Where the columns do not fit otherwise, the form for many rows is that for few already.
  const form = sparseForm(body);
  const sparse = form && dense.late.size < form.late.size ? form : undefined;
  const many = wideBlock(body, dense);
  const few = sparse === undefined || sparse.width === 0 ? [] : wideBlock(body, sparse);
  const both = few.length > 0 && few.join('').length + many.join('').length <= MAX_TEXT;
  const found = search === undefined ? undefined : findBlocks(body, search);
  const block = both
    ? [
        `if ${body.grouped ? 'np' : 'rows - np'} <= ${FEW_ROWS} * nb + ${FEW_ROWS} then`,
        'nb = nb + 1',
        ...few,
        'else',
        ...many,
        'end',
      ]
    : many;
  return {
    before: [...formats(body, dense), ...(both && sparse ? formats(body, sparse) : []), ...(found?.before ?? [])],
    full: `lo + floor((hi - lo) / ${BLOCK}) * ${BLOCK}`,
    loop: [
      // The rows that have passed in this unit, and the blocks that they were in.
      ...(!both ? [] : [`local np, nb = ${body.grouped ? '0' : 'rows'}, 0`]),
      `for r = lo, full - 1, ${BLOCK} do`,
      ...(found === undefined ? block : [...found.skip, `if nextAt <= r + ${BLOCK} then`, ...block, 'end']),
      'end',
    ],
  };
}

/** `nextAt`: where the next candidate of an equality stands, counted from 1. */
function findBlocks(body: FoldBody, { compare, column }: Search): { before: string[]; skip: string[] } {
  const code = printLuaExpression(body.constants.position(compare.right, column).equal);
  return {
    before: [
      `local find, needle = string.find, ${code} > 0 and ${code} < 256 and string.char(${code})`,
      'local nextAt = needle and 0 or INF',
    ],
    skip: [`if nextAt <= r then nextAt = find(s${column.slot}, needle, r + 1, true) or INF end`],
  };
}

const suffixOf = ({ sparse }: Form): string => (sparse ? 'few' : '');

function formats(body: FoldBody, form: Form): string[] {
  const decoded = new Set<string>();
  const single = new Set<string>();
  for (const { slot, encoding } of body.shape.columns) (form.late.has(slot) ? single : decoded).add(encoding);
  const suffix = suffixOf(form);
  const lines: string[] = [];
  for (const [kind, letter] of [
    ['f64', 'd'],
    ['f32', 'f'],
  ] as const) {
    if (decoded.has(kind)) lines.push(`local F${kind}${suffix} = '<' .. rep('${letter}', ${form.width})`);
    if (single.has(kind)) lines.push(`local O${kind} = '<${letter}'`);
  }
  if (body.shape.columns.some(({ encoding }) => encoding === 'plain')) {
    lines.push(`local Fplain${suffix} = '<' .. rep('I4', ${form.width + 1})`);
  }
  return lines;
}

/** One block of 64 rows: 64 / width groups, their sums combined pairwise as they come. */
function wideBlock(body: FoldBody, form: Form): string[] {
  const levels = Math.log2(BLOCK / form.width);
  const lines: string[] = [];
  for (let input = 0; input < body.inputCount; input++) {
    lines.push(
      `local ${range(levels + 1)
        .map((level) => `y${input}_${level - 1}`)
        .join(', ')}`,
    );
  }
  for (let part = 0; part < BLOCK / form.width; part++) {
    lines.push('do', ...wideGroup(body, part * form.width, form));
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

function wideGroup(body: FoldBody, from: number, form: Form): string[] {
  const { width, late } = form;
  const now = body.shape.columns.filter(({ slot, encoding }) => !(late.has(slot) && isFloats(encoding)));
  const lines = now.flatMap((column) => decodeWide(column, from, width, suffixOf(form)));
  const rows: string[] = [];
  const inputs: Ir[][] = Array.from({ length: body.inputCount }, () => []);
  const needed = new Set<number>();
  for (const i of range(width)) {
    const { names, before, inside } = wideRow(body.shape.columns, i, { late, from, group: groupSlot(body) });
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
    const counted = form.sparse && body.grouped ? [set(variable('np'), add(variable('np'), int(1)))] : [];
    const statements = body.row({ names, deliver, passed: [...counted, ...inside] }, group(body));
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

const group =
  (body: FoldBody): Group =>
  (values, outer) =>
    findGroup(body, values, outer);

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
function copiedInputs(body: FoldBody, late: ReadonlySet<number>): number {
  const copied = new Set<number>();
  const deliver = (input: number, value: Ir, always: boolean): Stmt[] => {
    if (!always || !outlivesRow(value)) copied.add(input);
    return [];
  };
  body.row({ names: wideRow(body.shape.columns, 1, { late, from: 0 }).names, deliver }, group(body));
  return copied.size;
}

/** Sum of a power of two of values as a balanced tree. */
function pairwise(values: readonly Ir[]): Ir {
  if (values.length === 1) return values[0] as Ir;
  const half = values.length / 2;
  return { k: 'binary', op: '+', a: pairwise(values.slice(0, half)), b: pairwise(values.slice(half)) };
}

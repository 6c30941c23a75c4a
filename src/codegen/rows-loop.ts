/** The loop of a Lua kernel over the rows of a slice, without sums: many rows decoded at once, the last ones one by one. */

import { decodeLocals, decodeOne, decodeWide, oneRow, wideRow } from './decode-lua.js';
import { add, type Ir, int, type Stmt, variable } from './ir.js';
import { functionLocals } from './lua-functions/index.js';
import { printLua } from './print.js';
import type { RowParts } from './rows-shape.js';
import type { KernelColumn } from './shape.js';
import type { RowNames } from './values.js';

const BLOCK = 64;
const MAX_LOCALS = 180;

export interface RowLoop {
  /** What the rows need decoded. */
  readonly columns: readonly KernelColumn[];
  /** What a row does; `r` is its number in the slice. */
  row(names: RowNames, r: Ir): Stmt[];
  /** Lua after each block of 64 rows, which began at row `first` and ends before row `last`; it may end in a conditional break. */
  readonly afterBlock?: string;
}

/** Rows decoded at once, 0 where not even eight fit. @param locals of the kernel beside columns and constants */
export function loopWidth(parts: RowParts, columns: readonly KernelColumn[], locals: number): number {
  const { numbers, strings, locations, thresholds, sets, memos, temporaries, functions } = parts.constants;
  const fixed =
    locals +
    6 * parts.columns.length +
    numbers.length +
    strings.length +
    3 * (locations.length + thresholds.length) +
    sets.length +
    memos.length +
    temporaries +
    functionLocals(functions);
  const fits = (width: number): boolean =>
    fixed + columns.reduce((sum, column) => sum + decodeLocals(column, width), 0) <= MAX_LOCALS;
  return [64, 32, 16, 8].find(fits) ?? 0;
}

/** Formats that the decoding uses. */
export function loopFormats(columns: readonly KernelColumn[], width: number): string[] {
  if (width === 0) return [];
  const lines: string[] = [];
  for (const [kind, letter] of [
    ['f64', 'd'],
    ['f32', 'f'],
  ] as const) {
    if (columns.some(({ encoding }) => encoding === kind)) {
      lines.push(`local F${kind} = '<' .. rep('${letter}', ${width})`);
    }
  }
  if (columns.some(({ encoding }) => encoding === 'plain')) lines.push(`local Fplain = '<' .. rep('I4', ${width + 1})`);
  return lines;
}

/** One row whose values are named as `decodeOne` does, as Lua. */
export function oneRowText(loop: RowLoop): string {
  return printLua(loop.row(oneRow, variable('r')));
}

/** Lua over rows `from` … n - 1, where `from` is a variable that holds a multiple of 64. */
export function rowLoop(loop: RowLoop, width: number, from: string): string[] {
  const { columns, afterBlock } = loop;
  const one = oneRowText(loop);
  const after = afterBlock === undefined ? [] : [afterBlock];
  const lines = ['local ended_early = false'];
  if (width > 0) {
    lines.push(
      `local full = floor(n / ${BLOCK}) * ${BLOCK}`,
      `for r = ${from}, full - 1, ${BLOCK} do`,
      ...wideBlock(loop, width),
      ...(after.length > 0 ? [`local first, last = r, r + ${BLOCK}`, ...after] : []),
      'end',
      `if full < ${from} then full = ${from} end`,
    );
  } else {
    lines.push(`local full = ${from}`);
  }
  lines.push(
    'if not ended_early then',
    `for first = full, n - 1, ${BLOCK} do`,
    `local last = first + ${BLOCK} < n and first + ${BLOCK} or n`,
    'for r = first, last - 1 do',
    ...columns.flatMap(decodeOne),
    one,
    'end',
    ...after,
    'end',
    'end',
  );
  return lines;
}

function wideBlock(loop: RowLoop, width: number): string[] {
  const lines: string[] = [];
  for (let part = 0; part < BLOCK / width; part++) {
    lines.push('do', ...loop.columns.flatMap((column) => decodeWide(column, part * width, width)));
    for (let i = 1; i <= width; i++) {
      const { names, before } = wideRow(loop.columns, i);
      const at = part * width + i - 1;
      const statements = loop.row(names, at === 0 ? variable('r') : add(variable('r'), int(at)));
      if (statements.length > 0) lines.push(printLua([{ s: 'scope', body: [...before, ...statements] }]));
    }
    lines.push('end');
  }
  return lines;
}

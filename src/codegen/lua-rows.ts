/**
 * A Lua kernel that gives back rows of a slice: first it finds the rows that pass (or is told them), then it evaluates the outputs
 * for those alone, column by column. Columns that only one output reads are fetched where a row was found.
 */

import type { TypedExpr } from '../expr/typed.js';
import { timedReply } from './clock.js';
import { decodeOne, oneRow } from './decode-lua.js';
import { type Stmt, TRUE, when } from './ir.js';
import { withRuntime } from './lua-pieces.js';
import { bindConstants, COLUMN_NUMBERS, fetchColumns, HEADER_NUMBERS, kernelKeys } from './lua-runtime.js';
import { printLua, printLuaExpression } from './print.js';
import { type Search, walkCandidates } from './rows-find.js';
import { loopFormats, loopWidth, oneRowText, type RowLoop, rowLoop } from './rows-loop.js';
import type { RowParts, RowWire } from './rows-shape.js';
import { isCoded, isDictionary, type KernelColumn } from './shape.js';

export interface RowOut {
  readonly expr: TypedExpr;
  readonly wire: RowWire;
}

export interface RowsKernelSpec {
  readonly filter: TypedExpr | undefined;
  readonly search: Search | undefined;
  readonly outputs: readonly RowOut[];
  /** Rows are told in the last argument instead of found: two bytes each. */
  readonly listed: boolean;
  /** Of listed rows that are few the bytes are fetched one by one, not those of the whole slice. */
  readonly points: boolean;
  /** Whether the rows' numbers come back too. */
  readonly numbered: boolean;
}

/** Place of the kernel's own numbers in the first argument. */
export function ownNumbers({ constants, columns }: RowParts): number {
  return HEADER_NUMBERS + COLUMN_NUMBERS * columns.length + constants.numbers.length + 3 * constants.thresholds.length;
}

/** Place of the kernel's own arguments among ARGV. */
export function ownArguments({ constants }: RowParts): number {
  return 2 + constants.strings.length + constants.sets.length;
}

/** Own numbers: the first row that counts, how many that pass are left out, how many are wanted at most. */
export function luaRows(parts: RowParts, spec: RowsKernelSpec): string {
  const { outputs, listed, points, numbered } = spec;
  const filtering = listed ? [] : parts.columnsOf(spec.filter);
  const loop = filterLoop(parts, spec, filtering);
  // Printed before the frame, so that the constants and dictionaries that they need are known.
  const printed = outputs.map(({ expr }) => outputText(parts, expr));
  if (!listed) rowLoop(loop, 0, 'start');
  const shared = parts.columns.filter((column) => isShared(parts, spec, filtering, column));
  const found = [...findRows(parts, spec, loop, filtering)];
  const at = ownNumbers(parts);
  const lines = [
    ...fetchColumns(parts, shared),
    ...bindConstants(parts),
    `local from, skip, want = H[${at + 1}], H[${at + 2}], H[${at + 2}] + H[${at + 3}]`,
    'local R, m, seen = {}, 0, n',
    ...found,
    'local passed = m',
    'if m > want then m = want end',
    'if skip > 0 then local kept = {} for i = skip + 1, m do kept[i - skip] = R[i] end R = kept m = m > skip and m - skip or 0 end',
  ];
  const packed = [`pack('<I4I4', passed, m)`];
  if (numbered) packed.push("pack_list('H', R, m)");
  outputs.forEach((output, i) => {
    const own = parts.columnsOf(output.expr).filter((column) => !shared.includes(column));
    lines.push(
      `local O${i} = {}`,
      'if m > 0 then',
      ...(points ? [] : fetchColumns(parts, own)),
      'for i = 1, m do',
      'local r = R[i]',
      ...(points && own.length > 0 ? [...POINT, ...fetchColumns(parts, own)] : []),
      ...parts.columnsOf(output.expr).flatMap(decodeOne),
      storeText(output.wire, `O${i}[i]`, printed[i] as Printed),
      'end',
      'end',
    );
    packed.push(packText(output.wire, `O${i}`));
  });
  lines.push(`local result = ${packed.join(' .. ')}`, timedReply('seen'));
  return withRuntime(lines.join('\n'));
}

/** The eight rows around row r, so that bits of validity stay where they are in their byte. */
const POINT = [
  'local first, end_ = floor(r / 8) * 8, a + n',
  'local a = a + first',
  'local n = end_ - a < 8 and end_ - a or 8',
  'r = r - first',
];

/** `m` rows found in `R`, and `seen`, the rows that were passed over. */
function findRows(
  parts: RowParts,
  { filter, search, listed }: RowsKernelSpec,
  loop: RowLoop,
  filtering: readonly KernelColumn[],
): string[] {
  if (listed) {
    const list = `ARGV[${ownArguments(parts)}]`;
    return [
      `m = #${list} / 2`,
      `for i = 1, m do local low, high = byte(${list}, i * 2 - 1, i * 2) R[i] = low + high * 256 end`,
    ];
  }
  if (filter === undefined || loop.afterBlock === undefined) {
    return [
      'local last = from + want < n and from + want or n',
      'for r = from, last - 1 do m = m + 1 R[m] = r end',
      'if last < n then seen = last end',
    ];
  }
  if (search !== undefined) {
    // To the end of the block of 64 in which enough were found, as the other ways.
    const body = [
      'if r >= stop then seen = stop break end',
      oneRowText(loop),
      'if m >= want and stop == n then local e = floor(r / 64) * 64 + 64 if e < n then stop = e end end',
    ].join('\n');
    return [
      'local stop = n',
      ...walkCandidates(search, parts.constants, filtering, { from: 'from', to: 'n', body }),
      'if stop < n then seen = stop end',
    ];
  }
  const width = loopWidth(parts, filtering, 40);
  return [...loopFormats(filtering, width), 'local start = floor(from / 64) * 64', ...rowLoop(loop, width, 'start')];
}

function filterLoop(parts: RowParts, { filter }: RowsKernelSpec, columns: readonly KernelColumn[]): RowLoop {
  const condition = filter === undefined ? TRUE : parts.values(oneRow).isTrue(filter, []);
  const row: RowLoop['row'] = (names, r) => {
    const values = parts.values(names);
    const into: Stmt[] = [];
    const passes = filter === undefined ? TRUE : values.isTrue(filter, into);
    return [...into, ...when(passes, [{ s: 'raw', lua: `m = m + 1 R[m] = ${printLuaExpression(r)}`, js: '' }])];
  };
  if (condition === TRUE) return { columns, row };
  return {
    columns,
    row,
    afterBlock: [
      'if first < from then local k = 0 for i = 1, m do if R[i] >= from then k = k + 1 R[k] = R[i] end end m = k end',
      'if m >= want then if last < n then seen = last end ended_early = true break end',
    ].join('\n'),
  };
}

/** Columns fetched once for the whole kernel: those of the filter, of several outputs, and those whose dictionary is searched. */
function isShared(
  parts: RowParts,
  { outputs, points }: RowsKernelSpec,
  filtering: readonly KernelColumn[],
  column: KernelColumn,
): boolean {
  if (filtering.includes(column)) return true;
  const searched = kernelKeys(parts).some(({ slot, kind }) => slot === column.slot && kind === 'dictionary');
  if (searched && isDictionary(column.encoding)) return true;
  return !points && outputs.filter(({ expr }) => parts.columnsOf(expr).includes(column)).length > 1;
}

interface Printed {
  readonly before: string;
  readonly value: string;
}

function outputText(parts: RowParts, expr: TypedExpr): Printed {
  const values = parts.values(oneRow);
  const column = values.columnOf(expr);
  const into: Stmt[] = [];
  // A column by itself may travel as codes: then its dictionary is not needed.
  if (column !== undefined && isCoded(column.encoding))
    return { before: '', value: printLuaExpression(values.code(column)) };
  const value = values.orNull(expr, into);
  return { before: printLua(into), value: printLuaExpression(value) };
}

const storeText = (wire: RowWire, place: string, { before, value }: Printed): string =>
  `${before} ${place} = ${value}${wire === 'bool' ? ' or 2' : ''}`;

/** Lua that packs the first `count` values of a table. */
export function packText(wire: RowWire, table: string, count = 'm'): string {
  switch (wire) {
    case 'byte':
    case 'bool':
      return `pack_list('B', ${table}, ${count})`;
    case 'short':
      return `pack_list('H', ${table}, ${count})`;
    case 'double':
      return `pack_list('d', ${table}, ${count})`;
    case 'number':
      return `pack_numbers(${table}, ${count})`;
    case 'string':
      return `pack_strings(${table}, ${count})`;
  }
}

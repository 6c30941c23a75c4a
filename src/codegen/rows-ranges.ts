/**
 * A Lua kernel that counts the rows of a slice between entries of an order, and gives back some or all of those of chosen ranges
 * (keys and rows' numbers): what selection, and sorting in passes, are made of.
 */

import type { TypedExpr } from '../expr/typed.js';
import { timedReply } from './clock.js';
import { type Ir, local, type Stmt, TRUE, when } from './ir.js';
import { withRuntime } from './lua-pieces.js';
import { ownArguments } from './lua-rows.js';
import { bindConstants, fetchColumns } from './lua-runtime.js';
import { packEntries } from './lua-top.js';
import { printLuaExpression } from './print.js';
import { loopFormats, loopWidth, type RowLoop, rowLoop } from './rows-loop.js';
import * as order from './rows-order.js';
import type { RowParts } from './rows-shape.js';
import type { Values } from './values.js';

export interface RangesKernelSpec {
  readonly filter: TypedExpr | undefined;
  readonly keys: readonly order.LuaKey[];
  /** Whether there are entries at all: without them no dictionary is fetched. */
  readonly bounded: boolean;
}

/**
 * Range i holds the rows after entry i (all, for 0) up to entry i + 1, that included. Own arguments: for each range a double, 0
 * where nothing of it comes back, else n: the first row and every nth after it; then the entries in order.
 */
export function luaRanges(parts: RowParts, { filter, keys, bounded }: RangesKernelSpec): string {
  const columns = parts.columnsOf(filter, ...keys.filter(({ eager }) => eager).map((key) => key.order.expr));
  const loop: RowLoop = { columns, row: (names, r) => rowOf(filter, keys, parts.values(names), r) };
  rowLoop(loop, 0, 'zero');
  const visit = visitFunction(parts, keys);
  if (bounded) order.fetchDictionaries(parts, keys);
  const width = loopWidth(parts, columns, 45 + 4 * keys.length);
  const strides = `ARGV[${ownArguments(parts)}]`;
  const lines = [
    ...fetchColumns(parts),
    ...bindConstants(parts),
    'local zero, NAN = 0, 0 / 0',
    ...order.orderTables(keys),
    ...(bounded ? [...order.placeFunctions(keys), ...order.readEntries(parts, keys, 1)] : ['local entries = 0']),
    'local counts, strides, hits, D = {}, {}, {}, {}',
    `for i = 0, entries do counts[i], hits[i], strides[i] = 0, 0, unpack_one('<d', ${strides}, i * 8 + 1) end`,
    ...numbersOf(keys[0] as order.LuaKey),
    'local list, count = {}, 0',
    ...visit,
    ...loopFormats(columns, width),
    ...rowLoop(loop, width, 'zero'),
    'local rows = {} for i = 1, count do rows[i] = B[list[i]] end',
    ...packEntries(keys, 'list', 'count'),
    'local shifted = {} for i = 0, entries do shifted[i + 1] = counts[i] end',
    `local result = pack('<I4', entries + 1) .. pack_list('I4', shifted, entries + 1) .. pack('<I4', count) .. pack_list('H', rows, count) .. ${keys.map((_, k) => `P${k}`).join(' .. ')}`,
    timedReply('n'),
  ];
  return withRuntime(lines.join('\n'));
}

/** First keys of the entries as numbers alone; those that are none lie beyond all numbers. */
function numbersOf({ isText, order: { descending } }: order.LuaKey): string[] {
  if (isText) return [];
  const [before, beyond] = descending ? ['INF', '-INF'] : ['-INF', 'INF'];
  return [
    `for i = 1, entries do local q = Q0[i] if q == ${order.VALUE_RANK} then D[i] = A0[i] elseif q < ${order.VALUE_RANK} then D[i] = ${before} else D[i] = ${beyond} end end`,
  ];
}

function rowOf(filter: TypedExpr | undefined, keys: readonly order.LuaKey[], values: Values, r: Ir): Stmt[] {
  const into: Stmt[] = [];
  const passes = filter === undefined ? TRUE : values.isTrue(filter, into);
  const body = values.inner(into);
  const given = order.eagerArguments(keys, values, body).map((value, i) => {
    body.push(local(`y${i}`, value));
    return `y${i}`;
  });
  body.push({ s: 'raw', lua: `visit(${[printLuaExpression(r), ...given].join(', ')})`, js: '' });
  return [...into, ...when(passes, body)];
}

function visitFunction(parts: RowParts, keys: readonly order.LuaKey[]): string[] {
  const [{ isText, order: by }] = keys as readonly [order.LuaKey];
  const later = by.descending ? '<' : '>';
  const search = isText
    ? []
    : [
        `if Q0[0] == ${order.VALUE_RANK} then
  while low < high do
    local mid = floor((low + high + 1) / 2)
    local y = D[mid]
    if e0 ${later} y or (e0 == y and after(0, mid)) then low = mid else high = mid - 1 end
  end
end`,
      ];
  return [
    `local function visit(r, ${order.eagerNames(keys).join(', ')})`,
    ...order.fillEntry(parts, keys, '0'),
    'local low, high = 0, entries',
    ...search,
    'while low < high do local mid = floor((low + high + 1) / 2) if after(0, mid) then low = mid else high = mid - 1 end end',
    'counts[low] = counts[low] + 1',
    'local stride = strides[low]',
    'if stride > 0 then',
    'if hits[low] % stride == 0 then',
    'count = count + 1',
    'local id = entries + count',
    'list[count] = id',
    `B[id] = r ${keys.map((_, k) => `Q${k}[id], A${k}[id] = Q${k}[0], A${k}[0]`).join(' ')}`,
    'end',
    'hits[low] = hits[low] + 1',
    'end',
    'end',
  ];
}

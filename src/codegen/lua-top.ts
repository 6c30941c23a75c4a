/**
 * A Lua kernel that keeps the first rows of a slice in an order: a heap whose top is the last of them. Most rows cost one
 * comparison, of their first key with that of the top; only the others are looked at closely. Keys and rows' numbers come back.
 */

import type { TypedExpr } from '../expr/typed.js';
import { timedReply } from './clock.js';
import { binary, type Ir, int, local, not, type Stmt, TRUE, variable, when } from './ir.js';
import { withRuntime } from './lua-pieces.js';
import { ownArguments, ownNumbers } from './lua-rows.js';
import { bindConstants, fetchColumns } from './lua-runtime.js';
import { printLuaExpression } from './print.js';
import { loopFormats, loopWidth, type RowLoop, rowLoop } from './rows-loop.js';
import * as order from './rows-order.js';
import { isCodeWire, type RowParts } from './rows-shape.js';
import type { Values } from './values.js';

export interface TopKernelSpec {
  readonly filter: TypedExpr | undefined;
  readonly keys: readonly order.LuaKey[];
  /** Whether only rows after an entry count, which comes with the arguments. */
  readonly bounded: boolean;
  /** Whether strings of the arguments are to be looked for in dictionaries, which are fetched for that. */
  readonly locates: boolean;
}

/**
 * Own numbers: how many rows are kept; just past the first key of a row that is known to be good enough (NaN where none is);
 * whether null may still be good enough; the first key of the bound; whether a string follows instead of the second number.
 */
export function luaTop(parts: RowParts, spec: TopKernelSpec): string {
  const { keys, bounded } = spec;
  const [first] = keys as readonly [order.LuaKey];
  const columns = parts.columnsOf(spec.filter, ...keys.filter(({ eager }) => eager).map((key) => key.order.expr));
  const loop: RowLoop = { columns, row: (names, r) => rowOf(spec, parts.values(names), r) };
  rowLoop(loop, 0, 'zero');
  const offer = offerFunction(parts, spec);
  if (spec.locates) order.fetchDictionaries(parts, keys);
  const at = ownNumbers(parts);
  const width = loopWidth(parts, columns, 45 + 4 * keys.length);
  const text = first.isText || first.isDictionary ? `ARGV[${ownArguments(parts)}]` : undefined;
  const lines = [
    ...fetchColumns(parts),
    ...bindConstants(parts),
    `local K, W, N, L = H[${at + 1}], H[${at + 2}], H[${at + 3}] == 1, H[${at + 4}]`,
    'local zero, NAN = 0, 0 / 0',
    ...order.orderTables(keys),
    ...(spec.locates ? order.placeFunctions(keys) : []),
  ];
  if (first.isText) lines.push(`W = H[${at + 5}] == 1 and ${text}`);
  if (first.isDictionary && spec.locates) {
    lines.push(`if H[${at + 5}] == 1 then W = place0(${text}) ${first.order.descending ? '-' : '+'} 0.25 end`);
  }
  if (bounded) lines.push(...order.readEntries(parts, keys, text === undefined ? 0 : 1), ...boundOf(first));
  else lines.push('local entries = 0');
  lines.push(...offer, ...loopFormats(columns, width), ...rowLoop(loop, width, 'zero'), ...reply(keys));
  return withRuntime(lines.join('\n'));
}

/** Where codes are compared, the first key of the bound is known only now. */
function boundOf({ isDictionary, order: { descending } }: order.LuaKey): string[] {
  if (!isDictionary) return [];
  return [`if Q0[1] == ${order.VALUE_RANK} then L = A0[1] else L = ${descending ? 'INF' : '-INF'} end`];
}

function rowOf(spec: TopKernelSpec, values: Values, r: Ir): Stmt[] {
  const { filter, keys } = spec;
  const [first, ...others] = keys as readonly [order.LuaKey, ...order.LuaKey[]];
  const into: Stmt[] = [];
  const passes = filter === undefined ? TRUE : values.isTrue(filter, into);
  const body = values.inner(into);
  // All of them are evaluated, so that an error does not depend on the other rows.
  const rest = order.eagerArguments(others, values, body).map((value, i) => {
    body.push(local(`y${i}`, value));
    return `y${i}`;
  });
  const offer = (x: string): Stmt => ({
    s: 'raw',
    lua: `offer(${[printLuaExpression(r), x, ...rest].join(', ')})`,
    js: '',
  });
  const { column } = first;
  const code = column !== undefined && isCodeWire(first.wire) ? values.code(column) : undefined;
  const nullable = column?.nullable ? TRUE : undefined;
  const valid =
    code === undefined ? values.valid(first.order.expr, body) : nullable ? binary('~=', code, int(0)) : TRUE;
  const inner = values.inner(body);
  const value = code ?? values.value(first.order.expr, inner);
  const x = value.k === 'var' ? value : variable('x');
  if (x !== value) inner.push(local('x', value));
  inner.push(...when(worthALook(spec, x), [offer(printLuaExpression(x))]));
  const nulls: Stmt = { s: 'if', cond: variable('N'), body: [offer('NULL')] };
  if (valid.k === 'bool') body.push(...(valid.value ? inner : [nulls]));
  else body.push({ s: 'if', cond: valid, body: inner, otherwise: [nulls] });
  return [...into, ...when(passes, body)];
}

/** Whether a row with this first key may be among the first, and after the bound; NaN always looks so. */
function worthALook({ keys, bounded }: TopKernelSpec, x: Ir): Ir {
  const [{ order: by, isText }] = keys as readonly [order.LuaKey];
  const W = variable('W');
  if (isText) {
    const later: Ir = by.descending
      ? { k: 'call', fn: 'strlt', args: [x, W] }
      : { k: 'call', fn: 'strlt', args: [W, x] };
    return binary('or', not(W), not(later));
  }
  const only = keys.length === 1;
  const test = not(binary(by.descending ? (only ? '<=' : '<') : only ? '>=' : '>', x, W));
  return bounded ? binary('and', test, not(binary(by.descending ? '>' : '<', x, variable('L')))) : test;
}

/** `offer(r, e0, …)` takes a row into the heap where it belongs there. */
function offerFunction(parts: RowParts, { keys, bounded }: TopKernelSpec): string[] {
  const [{ order: by, isText }] = keys as readonly [order.LuaKey];
  const nulls = order.nullRank(by);
  const [all, none] = isText ? ['false', by.descending ? 'false' : "''"] : ['NAN', by.descending ? 'INF' : '-INF'];
  return [
    'local heap, size, spare = {}, 0, entries + 1',
    `local function offer(r, ${order.eagerNames(keys).join(', ')})`,
    'local id = spare',
    ...order.fillEntry(parts, keys, 'id'),
    ...(bounded ? ['if not after(id, 1) then return end'] : []),
    `if size < K then
  local p = size + 1
  size = p
  spare = entries + p + 1
  while p > 1 do
    local q = floor(p / 2)
    if not after(id, heap[q]) then break end
    heap[p] = heap[q]
    p = q
  end
  heap[p] = id
  if size < K then return end
else
  local top = heap[1]
  if not after(top, id) then return end
  spare = top
  local p = 1
  while true do
    local c = p * 2
    if c > size then break end
    if c < size and after(heap[c + 1], heap[c]) then c = c + 1 end
    if not after(heap[c], id) then break end
    heap[p] = heap[c]
    p = c
  end
  heap[p] = id
end`,
    'local top = heap[1]',
    'local q = Q0[top]',
    `N = q > ${nulls}${keys.length > 1 ? ` or q == ${nulls}` : ''}`,
    `if q == ${order.VALUE_RANK} then W = A0[top] elseif q > ${order.VALUE_RANK} then W = ${all} else W = ${none} end`,
    'end',
  ];
}

function reply(keys: readonly order.LuaKey[]): string[] {
  return [
    'local rows = {} for i = 1, size do rows[i] = B[heap[i]] end',
    ...packEntries(keys, 'heap', 'size'),
    `local result = pack('<I4', size) .. pack_list('H', rows, size) .. ${keys.map((_, k) => `P${k}`).join(' .. ')}`,
    timedReply('n'),
  ];
}

/** Lua that packs the keys of listed entries, each as `P<k>`. */
export function packEntries(keys: readonly order.LuaKey[], list: string, count: string): string[] {
  return keys.map((key, k) => {
    const wire = order.entryWire(key);
    const missing = wire === 'short' ? '0' : 'NULL';
    const nan = wire === 'number' ? ` elseif q ~= ${order.VALUE_RANK} then t[i] = NAN` : '';
    return `local P${k} do local t = {}
for i = 1, ${count} do
  local id = ${list}[i] local q = Q${k}[id]
  if q == ${order.nullRank(key.order)} then t[i] = ${missing}${nan} else t[i] = A${k}[id] end
end
P${k} = ${wire === 'short' ? `pack_list('H', t, ${count})` : wire === 'string' ? `pack_strings(t, ${count})` : `pack_numbers(t, ${count})`} end`;
  });
}

/**
 * A Lua kernel that writes: an expression over the rows of a part of a chunk, packed into a key of the same slot that grows part by
 * part. Run again it leaves what it left. What comes back is what a zone map needs to know, and no values.
 */

import type { TypedExpr } from '../expr/typed.js';
import { timedReply } from './clock.js';
import type { Ir, Stmt } from './ir.js';
import { withRuntime } from './lua-pieces.js';
import { ownNumbers } from './lua-rows.js';
import { bindConstants, fetchColumns, kernelKeys } from './lua-runtime.js';
import { printLuaExpression } from './print.js';
import { loopFormats, loopWidth, type RowLoop, rowLoop } from './rows-loop.js';
import type { RowParts } from './rows-shape.js';
import type { RowNames } from './values.js';

/** How the values are packed: floats, with a bitmap for nulls, or codes of one or two bytes, 0 for null. */
export type WriteCoding = 'f64' | 'u8' | 'u16';

export interface WriteSpec {
  readonly expr: TypedExpr;
  readonly coding: WriteCoding;
  /** Floats tell -0 from 0, whole numbers do not. */
  readonly isFloat: boolean;
}

const LETTER = { f64: 'd', u8: 'B', u16: 'H' } as const;
const WIDTH = { f64: 8, u8: 1, u16: 2 } as const;

const GROW = `local function grow(key, at, bytes)
  local found = call('STRLEN', key)
  if found < at then
    error({ err = 'CLUSTER_DOWN key ' .. key .. ' has ' .. found .. ' bytes where ' .. at .. ' were written: a failover lost a part of it' })
  end
  call('SETRANGE', key, at, bytes)
end`;

const BITMAP = `local bits = {}
for i = 1, n, 8 do
  local sum, bit = 0, 1
  for j = i, i + 7 < n and i + 7 or n do
    if V[j] then sum = sum + bit end
    bit = bit * 2
  end
  bits[#bits + 1] = sum
end`;

/** Own numbers, of codes alone: what code 0 stands for, and the highest code. Last keys: the values, and the bitmap of floats. */
export function luaWrite(parts: RowParts, { expr, coding, isFloat }: WriteSpec): string {
  const columns = parts.columnsOf(expr);
  const row = (names: RowNames, r: Ir): Stmt[] => {
    const into: Stmt[] = [];
    const value = printLuaExpression(parts.values(names).orNull(expr, into));
    return [...into, { s: 'raw', lua: `local v = ${value} store(v, ${printLuaExpression(r)} + 1)`, js: '' }];
  };
  const loop: RowLoop = { columns, row };
  // Printed before the frame, so that the constants and dictionaries that it needs are known.
  rowLoop(loop, 0, 'start');
  const width = loopWidth(parts, columns, 40);
  const at = ownNumbers(parts);
  const target = kernelKeys(parts).length + 1;
  return withRuntime(
    [
      ...fetchColumns(parts, columns),
      ...bindConstants(parts),
      GROW,
      `local base, top = H[${at + 1}], H[${at + 2}]`,
      `local O, V, NAN = {}, {}, unpack_one('<d', '\\0\\0\\0\\0\\0\\0\\248\\127')`,
      'local least, most, nulls, nan, plus, minus = INF, -INF, 0, false, false, false',
      ...store(coding, isFloat),
      ...loopFormats(columns, width),
      'local start = 0',
      ...rowLoop(loop, width, 'start'),
      `grow(KEYS[${target}], a * ${WIDTH[coding]}, pack_list('${LETTER[coding]}', O, n))`,
      ...(coding === 'f64' ? [BITMAP, `grow(KEYS[${target + 1}], a / 8, pack_list('B', bits, #bits))`] : []),
      'local flags = (nan and 1 or 0) + (plus and 2 or 0) + (minus and 4 or 0)',
      `local result = pack('<ddBI4', least, most, flags, nulls)`,
      timedReply('n'),
    ].join('\n'),
  );
}

/** Keeps the value of a row, and what is told of all. */
function store(coding: WriteCoding, isFloat: boolean): string[] {
  const extremes = 'if v < least then least = v end if v > most then most = v end';
  const zero = 'if v == 0 then if 1 / v > 0 then plus = true else minus = true end end';
  const floats = ['if v == v then', extremes, zero, 'else nan, v = true, NAN end'];
  const code = [
    'local code = v - base',
    // Bounds that were wrong would else be wrong values.
    "if not (code >= 1 and code <= top and code == floor(code)) then error({ err = 'KERNEL_FAILED a value lies beyond its bounds' }) end",
    'v = code',
  ];
  return [
    'local function store(v, i)',
    'if not v then nulls = nulls + 1 O[i], V[i] = 0, false return end',
    ...(isFloat ? floats : ['v = v + 0', extremes]),
    ...(coding === 'f64' ? [] : code),
    'O[i], V[i] = v, true',
    'end',
  ];
}

/**
 * The order of rows in Lua: keys of rows kept in tables by an entry's number, and a function that tells which of two entries comes
 * after the other. Null and NaN have ranks of their own, since no comparison of numbers places them:
 *
 *     0 null, where nulls come first   1 NaN, descending   2 values   3 NaN, ascending   4 null, where nulls come last
 *
 * Rows that are equal in all keys are ordered by their numbers, so that the order is total.
 */

import { isFloat } from '../expr/typed.js';
import { decodeOne, oneRow } from './decode-lua.js';
import { type Ir, type Stmt, select, variable } from './ir.js';
import { ownArguments } from './lua-rows.js';
import { COLUMN_NUMBERS, HEADER_NUMBERS } from './lua-runtime.js';
import { printLua, printLuaExpression } from './print.js';
import { isCodeWire, type OrderBy, type RowParts, type RowWire, rowWire } from './rows-shape.js';
import { isDictionary, type KernelColumn } from './shape.js';
import type { Values } from './values.js';

export const VALUE_RANK = 2;
export const nullRank = ({ nullsFirst }: OrderBy): number => (nullsFirst ? 0 : 4);
export const nanRank = ({ descending }: OrderBy): number => (descending ? 1 : 3);

/** A key as a kernel meets it. */
export interface LuaKey {
  readonly order: OrderBy;
  readonly wire: RowWire;
  /** The column that the key is, by its code where it is coded. */
  readonly column: KernelColumn | undefined;
  /** Strings are compared by bytes; everything else, codes included, as numbers. */
  readonly isText: boolean;
  /** Entries from outside hold strings that are to be looked for in the chunk's dictionary. */
  readonly isDictionary: boolean;
  /** Evaluated for every row that passes; the others, plain columns, for the rows that are looked at closely. */
  readonly eager: boolean;
}

export function luaKeys(order: readonly OrderBy[], columns: readonly KernelColumn[]): LuaKey[] {
  return order.map((by, i) => {
    const wire = rowWire(by.expr, columns);
    const { expr } = by;
    const column = expr.kind === 'column' ? columns.find(({ index }) => index === expr.index) : undefined;
    return {
      order: by,
      wire,
      column,
      isText: wire === 'string',
      isDictionary: column !== undefined && isDictionary(column.encoding),
      // An expression may fail: whether it does must not depend on what was looked at before.
      eager: i === 0 || expr.kind !== 'column',
    };
  });
}

/** How keys of entries travel back. */
export function entryWire({ wire, isText }: LuaKey): 'short' | 'string' | 'number' {
  return isText ? 'string' : isCodeWire(wire) ? 'short' : 'number';
}

/** The value of a key in a row: a code, a number, a string, or `NULL`. */
export function keyValue(key: LuaKey, values: Values, into: Stmt[]): Ir {
  const { column } = key;
  if (column !== undefined && isCodeWire(key.wire)) {
    const code = values.code(column);
    return column.nullable
      ? select({ k: 'binary', op: '~=', a: code, b: { k: 'int', value: 0 } }, code, variable('NULL'))
      : code;
  }
  return values.orNull(key.order.expr, into);
}

/** Declares the tables of entries and `after(i, j)`: whether entry i comes after entry j. */
export function orderTables(keys: readonly LuaKey[]): string[] {
  const lines = ['local B = {}'];
  const tests: string[] = [];
  keys.forEach(({ order, isText }, k) => {
    lines.push(`local Q${k}, A${k} = {}, {}`);
    const [x, y] = order.descending ? ['y', 'x'] : ['x', 'y'];
    tests.push(
      `local p, q = Q${k}[i], Q${k}[j]`,
      'if p ~= q then return p > q end',
      `if p == ${VALUE_RANK} then`,
      `local x, y = A${k}[i], A${k}[j]`,
      // Where numbers are equal they may still differ in their bits: 0 and -0 are one.
      `if x ~= y then return ${isText ? `strlt(${y}, ${x})` : `${x} > ${y}`} end`,
      'end',
    );
  });
  return [...lines, 'local function after(i, j)', ...tests, 'return B[i] > B[j]', 'end'];
}

/** Lua that makes row `r` entry `id`; eager keys are in `e<k>`. */
export function fillEntry(parts: RowParts, keys: readonly LuaKey[], id: string): string[] {
  const lazy = keys.filter(({ eager }) => !eager);
  const lines = parts.columnsOf(...lazy.map(({ order }) => order.expr)).flatMap(decodeOne);
  keys.forEach((key, k) => {
    const name = `e${k}`;
    if (!key.eager) {
      const into: Stmt[] = [];
      const value = keyValue(key, parts.values(oneRow), into);
      lines.push(`${printLua(into)} local ${name} = ${printLuaExpression(value)}`);
    }
    const { order } = key;
    const nan = isFloat(order.expr.type) ? `elseif ${name} ~= ${name} then Q${k}[${id}] = ${nanRank(order)} ` : '';
    lines.push(
      `if ${name} == NULL then Q${k}[${id}] = ${nullRank(order)} ${nan}else Q${k}[${id}] = ${VALUE_RANK} A${k}[${id}] = ${name} end`,
    );
  });
  lines.push(`B[${id}] = r`);
  return lines;
}

/** The eager keys of a row as arguments of a call. */
export function eagerArguments(keys: readonly LuaKey[], values: Values, into: Stmt[]): Ir[] {
  return keys.filter(({ eager }) => eager).map((key) => keyValue(key, values, into));
}

export const eagerNames = (keys: readonly LuaKey[]): string[] =>
  keys.flatMap(({ eager }, k) => (eager ? [`e${k}`] : []));

/** Has the dictionaries of keys fetched, so that strings can be looked for in them. */
export function fetchDictionaries(parts: RowParts, keys: readonly LuaKey[]): void {
  for (const { isDictionary, column } of keys) if (isDictionary && column !== undefined) parts.texts.add(column.slot);
}

/** Lua functions that find where a string stands among the codes of a key's column: at a code, or between two. */
export function placeFunctions(keys: readonly LuaKey[]): string[] {
  return keys.flatMap(({ isDictionary, column }, k) => {
    if (!isDictionary || column === undefined) return [];
    const entries = `H[${HEADER_NUMBERS + COLUMN_NUMBERS * column.slot + 4}]`;
    return `local function place${k}(text) local b, _, e = locate(entry${column.slot}, ${entries}, text) return e > 0 and e or b + 0.5 end`;
  });
}

/**
 * Lua that reads the entries of the kernel's own arguments, as `packEntries` packs them, as entries `first` + 1 …; `entries` says
 * how many there are.
 */
export function readEntries(parts: RowParts, keys: readonly LuaKey[], argument: number): string[] {
  const numbers = `ARGV[${ownArguments(parts) + argument}]`;
  const width = 1 + 2 * keys.length;
  const lines = [`local entries = #${numbers} / ${8 * width}`];
  const cells = keys.flatMap((_, k) => [`Q${k}[i]`, `A${k}[i]`]);
  lines.push(
    'for i = 1, entries do',
    `B[i], ${cells.join(', ')} = unpack_one('<${'d'.repeat(width)}', ${numbers}, (i - 1) * ${8 * width} + 1)`,
    'end',
  );
  let texts = argument;
  keys.forEach((key, k) => {
    if (!key.isText && !key.isDictionary) return;
    texts += 1;
    const list = `ARGV[${ownArguments(parts) + texts}]`;
    lines.push(
      'do local p = 1 for i = 1, entries do',
      `local size = unpack_one('<I4', ${list}, p)`,
      `local text = sub(${list}, p + 4, p + 3 + size)`,
      'p = p + 4 + size',
      `if Q${k}[i] == ${VALUE_RANK} then A${k}[i] = ${key.isDictionary ? `place${k}(text)` : 'text'} end`,
      'end end',
    );
  });
  return lines;
}

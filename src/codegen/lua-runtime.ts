/** Pieces of Lua that a generated kernel begins with, each where it is needed. */

import type { TypedExpr } from '../expr/typed.js';
import { aggregatePieces } from './aggregate-lua.js';
import type { Constants } from './constants.js';
import { lookupPieces } from './join-frame.js';
import { functionsIn, luaFunctions } from './lua-functions/index.js';
import { hasBitmap, isDictionary, type KernelColumn } from './shape.js';

/** What a kernel is made of before its text: bodies of folds, and kernels that give rows back. */
export interface KernelParts {
  readonly shape: {
    readonly columns: readonly KernelColumn[];
    readonly dense: boolean;
    readonly spec: { readonly keys: readonly TypedExpr[] };
  };
  readonly constants: Constants;
  /** Slots of dictionary columns whose entries are needed as strings. */
  readonly texts: ReadonlySet<number>;
  /** Lists of numbers that are constants of aggregates. */
  readonly lists: readonly (readonly number[])[];
  readonly grouped: boolean;
}

/** Numbers of a column in the kernel's first argument: six a column, after the first row and the number of rows. */
export const HEADER_NUMBERS = 2;
export const COLUMN_NUMBERS = 6;

const PREAMBLE = `local call, byte, sub, rep, floor, fmod, concat = redis.call, string.byte, string.sub, string.rep, math.floor, math.fmod, table.concat
local pack, unpack_one = struct.pack, struct.unpack
local INF, NONE, NULL = math.huge, false, false
local started = call('TIME')
local H = { unpack_one('<' .. rep('d', #ARGV[1] / 8), ARGV[1]) }
local a, n = H[1], H[2]
local function lost(key, size, found)
  error({ err = 'DATA_LOSS key ' .. key .. ' has ' .. found .. ' bytes instead of ' .. size })
end
local function fetch(key, size, from, to)
  local found = call('STRLEN', key)
  if found ~= size then lost(key, size, found) end
  if from == 0 and to == size then return call('GET', key) end
  return call('GETRANGE', key, from, to - 1)
end`;

const INT32 = `local function int32(v)
  if v > 2147483647 or v < -2147483648 then error({ err = 'NUMERIC_OVERFLOW int32' }) end
  return v
end`;
const INT64 = `local function int64(v)
  if v >= 9007199254740992 or v <= -9007199254740992 then error({ err = 'NUMERIC_OVERFLOW int64' }) end
  return v
end`;

/** Byte order; Lua's own < follows the locale of the server. */
const STRLT = `local function strlt(x, y)
  local shared = #x < #y and #x or #y
  for i = 1, shared, 64 do
    local last = i + 63 < shared and i + 63 or shared
    if sub(x, i, last) ~= sub(y, i, last) then
      for j = i, last do
        local b, c = byte(x, j), byte(y, j)
        if b ~= c then return b < c end
      end
    end
  end
  return #x < #y
end`;

/** Binary search in a byte-sorted dictionary: entries below the string, entries up to it, its code or -1. */
const LOCATE = `local function locate(entry, entries, text)
  local low, high = 0, entries
  while low < high do
    local middle = floor((low + high) / 2)
    if strlt(entry(middle + 1), text) then low = middle + 1 else high = middle end
  end
  if low < entries and entry(low + 1) == text then return low, low + 1, low + 1 end
  return low, low, -1
end`;

const FOLD = `local function fold(t)
  local width = 64
  while width > 1 do
    width = width / 2
    for i = 1, width do t[i] = t[2 * i - 1] + t[2 * i] end
  end
  return t[1]
end`;

/** At most 7,999 values leave a table at once. */
const PACK_LIST = `local function pack_list(format, t, count)
  if count <= 4000 then return pack('<' .. rep(format, count), unpack(t, 1, count)) end
  local out = {}
  for i = 1, count, 4000 do
    local last = i + 3999 < count and i + 3999 or count
    out[#out + 1] = pack('<' .. rep(format, last - i + 1), unpack(t, i, last))
  end
  return concat(out)
end`;
const PACK_NUMBERS = `local function pack_numbers(t, count)
  local flags, values = {}, {}
  for i = 1, count do
    local v = t[i]
    flags[i] = v == false and 0 or 1
    values[i] = v == true and 0 / 0 or v or 0
  end
  return pack_list('B', flags, count) .. pack_list('d', values, count)
end`;
const PACK_STRINGS = `local function pack_strings(t, count)
  local sizes, values = {}, {}
  for i = 1, count do
    sizes[i] = t[i] and #t[i] or 4294967295
    values[i] = t[i] or ''
  end
  return pack_list('I4', sizes, count) .. concat(values)
end`;

/** All groups of a table, from index 0. Bytes by `string.char`, which takes a fifth of the time. */
const PACK_ALL = `local function pack_all(format, t, count)
  local out = {}
  for i = 0, count - 1, 4000 do
    local last = i + 3999 < count and i + 3999 or count - 1
    local packed
    if format == 'B' then packed = string.char(unpack(t, i, last))
    else packed = pack('<' .. rep(format, last - i + 1), unpack(t, i, last)) end
    if count <= 4000 then return packed end
    out[#out + 1] = packed
  end
  return concat(out)
end`;
/** A table of one value at the indexes 0 … count - 1: made at once, for growing it one by one takes ten times as long. */
const FILLED = `local patterns = {}
local function filled(value, count)
  local last = count <= 4000 and count - 1 or 4000
  local pattern = patterns[value]
  if not pattern then
    pattern = {}
    for i = 1, last do pattern[i] = value end
    patterns[value] = pattern
  end
  local t = { [0] = value, unpack(pattern, 1, last) }
  for i = last + 1, count - 1 do t[i] = value end
  return t
end`;
const KEY_VALUES = `local function key_values(values, places, count)
  local out = {}
  for i = 1, count do out[i] = values[places[i]] end
  return out
end`;

/** Which pieces a kernel needs, told by the names that its text uses. */
function pieces(text: string): string[] {
  const uses = (name: string): boolean => text.includes(`${name}(`);
  const chosen: string[] = [];
  if (uses('int32')) chosen.push(INT32);
  if (uses('int64')) chosen.push(INT64);
  if (uses('strlt') || uses('locate') || uses('top_text')) chosen.push(STRLT);
  if (uses('locate')) chosen.push(LOCATE);
  if (uses('fold')) chosen.push(FOLD);
  chosen.push(...lookupPieces(uses), PACK_LIST);
  if (uses('pack_all')) chosen.push(PACK_ALL);
  if (uses('filled')) chosen.push(FILLED);
  if (uses('key_values')) chosen.push(KEY_VALUES);
  const items = uses('pack_maps') || uses('pack_lists');
  if (uses('pack_numbers') || items) chosen.push(PACK_NUMBERS);
  if (uses('pack_strings') || items) chosen.push(PACK_STRINGS);
  return [...chosen, ...aggregatePieces(uses)];
}

/** Preamble, helpers that `text` uses, then `text`. */
export function withRuntime(text: string): string {
  return [PREAMBLE, ...pieces(text), ...luaFunctions(functionsIn(text)), text].join('\n');
}

/** A key that a kernel declares: the data, validity bitmap or dictionary of a column. Each exists for every chunk of its layout. */
export interface KernelKey {
  readonly slot: number;
  readonly kind: 'data' | 'validity' | 'dictionary';
}

/** The keys of a kernel in the order of KEYS; known once its rows have been printed. */
export function kernelKeys(body: KernelParts): KernelKey[] {
  const { constants, texts } = body;
  const searched = new Set([...texts, ...constants.locations.map(({ slot }) => slot)]);
  for (const { slot } of constants.sets) if (slot !== undefined) searched.add(slot);
  return body.shape.columns.flatMap((column): KernelKey[] => {
    const { slot } = column;
    const keys: KernelKey[] = [{ slot, kind: 'data' }];
    if (hasBitmap(column)) keys.push({ slot, kind: 'validity' });
    if (isDictionary(column.encoding) && searched.has(slot)) keys.push({ slot, kind: 'dictionary' });
    return keys;
  });
}

/** Fetches the columns' bytes for rows a … a + n - 1 into s<slot> (data), v<slot> (validity) and dictionaries. */
export function fetchColumns(body: KernelParts, columns = body.shape.columns): string[] {
  const lines: string[] = [];
  const keys = kernelKeys(body);
  const place = (slot: number, kind: KernelKey['kind']): number =>
    keys.findIndex((key) => key.slot === slot && key.kind === kind) + 1;
  for (const column of columns) {
    const { slot, encoding } = column;
    const key = place(slot, 'data');
    const dictionaryKey = place(slot, 'dictionary');
    const at = HEADER_NUMBERS + COLUMN_NUMBERS * slot;
    const [size, bitmap, dictionary, entries] = [1, 2, 3, 4].map((i) => `H[${at + i}]`);
    const width = { f64: 8, f32: 4, u8: 1, u16: 2, dict8: 1, dict16: 2, plain: 4 }[encoding];
    if (encoding === 'plain') {
      lines.push(
        `local s${slot} = fetch(KEYS[${key}], ${size}, a * 4, (a + n + 1) * 4)`,
        `local f${slot} = unpack_one('<I4', s${slot}, 1)`,
        `local t${slot} = call('GETRANGE', KEYS[${key}], (H[${at + 4}] + 1) * 4 + f${slot}, (H[${at + 4}] + 1) * 4 + unpack_one('<I4', s${slot}, n * 4 + 1) - 1)`,
        `local function slice${slot}(from, to) return sub(t${slot}, from - f${slot} + 1, to - f${slot}) end`,
      );
    } else {
      lines.push(`local s${slot} = fetch(KEYS[${key}], ${size}, a * ${width}, (a + n) * ${width})`);
    }
    if (hasBitmap(column)) {
      lines.push(
        `local v${slot} = fetch(KEYS[${place(slot, 'validity')}], ${bitmap}, floor(a / 8), floor((a + n + 7) / 8))`,
      );
    }
    if (encoding === 'u8' || encoding === 'u16') {
      lines.push(`local b${slot}, m${slot} = H[${at + 5}], H[${at + 6}]`);
    }
    if (dictionaryKey > 0) {
      lines.push(
        `local w${slot} = fetch(KEYS[${dictionaryKey}], ${dictionary}, 0, ${dictionary})`,
        `local function entry${slot}(code)
  local from, to = unpack_one('<I4I4', w${slot}, code * 4 - 3)
  return sub(w${slot}, (${entries} + 1) * 4 + from + 1, (${entries} + 1) * 4 + to)
end`,
      );
    }
    if (body.texts.has(slot)) {
      lines.push(
        `local memo${slot} = {}`,
        `local function text${slot}(code)
  local known = memo${slot}[code]
  if not known then known = entry${slot}(code) memo${slot}[code] = known end
  return known
end`,
      );
    }
  }
  return lines;
}

/** Place of the arguments of look-ups among ARGV: behind the strings, sets and lists. */
export function firstLookup({ constants, lists }: Pick<KernelParts, 'constants' | 'lists'>): number {
  return 2 + constants.strings.length + constants.sets.length + lists.length;
}

/** Binds the constants: numbers after the columns in the first argument, strings and sets in the arguments that follow. */
export function bindConstants(body: KernelParts): string[] {
  const { constants, shape } = body;
  const first = HEADER_NUMBERS + COLUMN_NUMBERS * shape.columns.length;
  const memos = constants.memos.map((memo) => `local ${memo} = {}`);
  const lines = constants.numbers.map((_, i) => `local k${i + 1} = H[${first + i + 1}]`);
  constants.thresholds.forEach(({ name }, i) => {
    const at = first + constants.numbers.length + 3 * i;
    lines.push(`local ${name}b, ${name}t, ${name}e = H[${at + 1}], H[${at + 2}], H[${at + 3}]`);
  });
  if (body.grouped && shape.dense) {
    const strides = first + constants.numbers.length + 3 * constants.thresholds.length;
    shape.spec.keys.forEach((_, key) => {
      if (key > 0) lines.push(`local q${key} = H[${strides + key + 1}]`);
    });
    lines.push(`local groups = H[${strides + shape.spec.keys.length + 1}]`);
  }
  lines.push(...constants.strings.map((_, i) => `local z${i + 1} = ARGV[${i + 2}]`));
  body.lists.forEach((_, i) => {
    const argument = `ARGV[${constants.strings.length + constants.sets.length + i + 2}]`;
    lines.push(
      `local L${i + 1} = {} for p = 1, #${argument}, 8 do L${i + 1}[(p + 7) / 8] = unpack_one('<d', ${argument}, p) end`,
    );
  });
  for (const { name, slot, string } of constants.locations) {
    const entries = `H[${HEADER_NUMBERS + COLUMN_NUMBERS * slot + 4}]`;
    lines.push(`local ${name}b, ${name}t, ${name}e = locate(entry${slot}, ${entries}, z${string + 1})`);
  }
  constants.sets.forEach(({ name, slot, values }, i) => {
    const argument = `ARGV[${constants.strings.length + i + 2}]`;
    lines.push(`local ${name} = {}`);
    if (typeof values[0] === 'string') {
      const entries = `H[${HEADER_NUMBERS + COLUMN_NUMBERS * (slot ?? 0) + 4}]`;
      const insert =
        slot === undefined
          ? `${name}[text] = true`
          : `local _, _, code = locate(entry${slot}, ${entries}, text) ${name}[code] = true`;
      lines.push(`do
  local p = 1
  while p <= #${argument} do
    local size = unpack_one('<I4', ${argument}, p)
    local text = sub(${argument}, p + 4, p + 3 + size)
    p = p + 4 + size
    ${insert}
  end
end`);
    } else {
      lines.push(`for p = 1, #${argument}, 8 do ${name}[unpack_one('<d', ${argument}, p)] = true end`);
    }
  });
  return [...lines, ...memos];
}

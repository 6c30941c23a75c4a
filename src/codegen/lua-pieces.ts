/** Helpers in Lua that generated kernels stand on: what all of them begin with, and pieces that only those have that use them. */

import { aggregatePieces } from './aggregate-lua.js';
import { CLOCK } from './clock.js';
import { lookupPieces } from './join-frame.js';
import { functionsIn, luaFunctions } from './lua-functions/index.js';

/** What every generated script begins with: names for what it calls. */
const HEAD = `local call, byte, sub, rep, floor, fmod, concat = redis.call, string.byte, string.sub, string.rep, math.floor, math.fmod, table.concat
local pack, unpack_one = struct.pack, struct.unpack
local INF, NONE, NULL = math.huge, false, false
`;

/** Beside that, kernels over a table: the numbers of their first argument, the slice, and how columns are fetched. */
const PREAMBLE = `${HEAD}${CLOCK}
local started = clock()
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
  return withPieces(PREAMBLE, text);
}

/** As `withRuntime`, for scripts that read no table. */
export const withHead = (text: string): string => withPieces(HEAD, text);

function withPieces(preamble: string, text: string): string {
  return [preamble, ...pieces(text), ...luaFunctions(functionsIn(text)), text].join('\n');
}

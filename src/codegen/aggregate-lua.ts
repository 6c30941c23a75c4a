/** Lua that states of aggregates call; `aggregate-js.ts` has the same functions by the same names. */

import { REGISTERS } from '../aggregates/hyperloglog.js';
import { EXACT_PIECES } from './exact-lua.js';
import { DENSE_REGISTERS, HASH } from './hash-constants.js';
import { PASS_PIECES } from './passes/runtime.js';

const BIN_OF = `local function bin_of(edges, x)
  local last = #edges
  if not (x >= edges[1] and x <= edges[last]) then return 0 end
  local low, high = 1, last - 1
  while low < high do
    local middle = floor((low + high) / 2)
    if x <= edges[middle + 1] then high = middle else low = middle + 1 end
  end
  return low
end`;

const BUCKET = `local function bucket(x, steps)
  if x ~= x then return 1073741825 end
  if x == 0 then return 0 end
  if x == INF then return 1073741824 end
  if x == -INF then return -1073741824 end
  local m, e = math.frexp(x < 0 and -x or x)
  local index = (e + 1099) * steps + floor((m * 2 - 1) * steps) + 1
  return x < 0 and -index or index
end`;

const { p1, p2, a, b, c, s, t } = HASH;
/** Cubes modulo primes mix; all products stay below 2^53, and quotients below 2^27, so that % is exact on both sides. */
const REGISTER = `local function register(t, y, z)
  y = y % ${p1} y = y * y % ${p1} * y % ${p1} y = (y + ${s}) % ${p1} y = y * y % ${p1} * y % ${p1}
  z = z % ${p2} z = z * z % ${p2} * z % ${p2} z = (z + ${t}) % ${p2} z = z * z % ${p2} * z % ${p2}
  local rank = 27
  if z > 0 then
    local _, e = math.frexp(z / ${p2})
    rank = 1 - e
    if rank > 27 then rank = 27 end
  end
  y = floor(y * 4096 / ${p1})
  if rank > (t[y] or 0) then t[y] = rank end
  return y, rank
end`;

const REGISTER_NUMBER = `local function register_number(t, x)
  local m, e = 0, 3000
  if x ~= x then m = 0.5 elseif x == INF then m = 0.75 elseif x == -INF then m = -0.75 else m, e = math.frexp(x) end
  m = m * 134217728
  local high = floor(m)
  local low = (m - high) * 67108864
  return register(t, high * ${a[0]} + low * ${b[0]} + e * ${c[0]}, high * ${a[1]} + low * ${b[1]} + e * ${c[1]})
end`;

const KNOWN = `local registers_of, ranks_of = {}, {}
local function register_known(t, x)
  local y, rank = registers_of[x], ranks_of[x]
  if rank > (t[y] or 0) then t[y] = rank end
end`;

const REGISTER_CODE = `local function register_code(t, x)
  if registers_of[x] then return register_known(t, x) end
  registers_of[x], ranks_of[x] = register_number(t, x)
end`;

const REGISTER_TEXT = `local function register_text(t, x)
  if registers_of[x] then return register_known(t, x) end
  local y, z = #x, #x
  for i = 1, #x, 3 do
    local p, q, r = byte(x, i, i + 2)
    local v = p + (q or 0) * 256 + (r or 0) * 65536
    y = (y * ${a[0]} + v) % ${p1}
    z = (z * ${a[1]} + v) % ${p2}
  end
  registers_of[x], ranks_of[x] = register(t, y, z)
end`;

/** Twice as many as wanted, and some more, are gathered before the least of them are dropped. */
const TOP = (name: string, greater: string): string => `local function ${name}(t, x, k)
  ${name === 'top_number' ? 'if x ~= x then t.nans = t.nans + 1 return end' : ''}
  if t.least and not (${greater.replaceAll('#a', 'x').replaceAll('#b', 't.least')}) then return end
  t.n = t.n + 1
  t[t.n] = x
  if t.n < 2 * k + 64 then return end
  table.sort(t, function(v, w) return ${greater.replaceAll('#a', 'v').replaceAll('#b', 'w')} end)
  for i = k + 1, t.n do t[i] = nil end
  t.n = k
  t.least = t[k]
end`;

/** NaN is the greatest. What is too much is dropped by whoever reads the partial. */
const TOP_LISTS = `local function top_lists(lists, count, k)
  for i = 1, count do
    local t = lists[i]
    for _ = 1, t.nans < k and t.nans or k do
      t.n = t.n + 1
      t[t.n] = 0 / 0
    end
  end
  return lists
end`;

const PACK_ITEMS = `local function pack_items(wire, t, count)
  if wire == 'number' then return pack_numbers(t, count) end
  if wire == 'S' then return pack_strings(t, count) end
  return pack_list(wire, t, count)
end`;

const PACK_MAPS = `local function pack_maps(wire, counts, maps, count)
  local sizes, keys, values, n = {}, {}, {}, 0
  for i = 1, count do
    local before = n
    for k, v in pairs(maps[i]) do
      n = n + 1
      keys[n], values[n] = k == true and 0 / 0 or k, v
    end
    sizes[i] = n - before
  end
  return pack_list('I4', sizes, count) .. pack_items(wire, keys, n) .. pack_list(counts, values, n)
end`;

/** Three bytes a register, or, from a third of them on, one for each that there is. */
const PACK_REGISTERS = `local function pack_registers(maps, count)
  local sizes, keys, ranks, n, dense = {}, {}, {}, 0, {}
  for i = 1, count do
    local map, size = maps[i], 0
    for _ in pairs(map) do size = size + 1 end
    sizes[i] = size
    if size > ${DENSE_REGISTERS} then
      local all = {}
      for k = 1, ${REGISTERS} do all[k] = map[k - 1] or 0 end
      dense[#dense + 1] = string.char(unpack(all))
    else
      for k, v in pairs(map) do
        n = n + 1
        keys[n], ranks[n] = k, v
      end
    end
  end
  return pack_list('I4', sizes, count) .. pack_list('H', keys, n) .. pack_list('B', ranks, n) .. concat(dense)
end`;

const PACK_LISTS = `local function pack_lists(wire, lists, count)
  local sizes, items, n = {}, {}, 0
  for i = 1, count do
    local t = lists[i]
    local size = #t
    for j = 1, size do items[n + j] = t[j] end
    n = n + size
    sizes[i] = size
  end
  return pack_list('I4', sizes, count) .. pack_items(wire, items, n)
end`;

/** In the order in which they stand; each with the functions that it calls itself. */
const PIECES: readonly (readonly [name: string, lua: string, needs: readonly string[]])[] = [
  ['bin_of', BIN_OF, []],
  ['bucket', BUCKET, []],
  ['register', REGISTER, []],
  ['register_number', REGISTER_NUMBER, ['register']],
  ['register_known', KNOWN, []],
  ['register_code', REGISTER_CODE, ['register', 'register_number', 'register_known']],
  ['register_text', REGISTER_TEXT, ['register', 'register_known', 'byte']],
  ...EXACT_PIECES,
  ['top_number', TOP('top_number', '#a > #b'), []],
  ['top_text', TOP('top_text', 'strlt(#b, #a)'), []],
  ['top_lists', TOP_LISTS, []],
  ['pack_items', PACK_ITEMS, []],
  ['pack_maps', PACK_MAPS, ['pack_items']],
  ['pack_registers', PACK_REGISTERS, []],
  ['pack_lists', PACK_LISTS, ['pack_items']],
  ...PASS_PIECES,
];

/** The functions that a kernel's text calls. They stand after those of `lua-runtime`, which they call too. */
export function aggregatePieces(uses: (name: string) => boolean): string[] {
  const needed = new Set(PIECES.flatMap(([name, , needs]) => (uses(name) ? [name, ...needs] : [])));
  return PIECES.flatMap(([name, lua]) => (needed.has(name) ? [lua] : []));
}

/**
 * Keys with too many members, read slice by slice: where a slice begins and ends, and what the next one is told (`Slice`). A slice is
 * one atomic step; between two of them the key may change.
 */

/** Whether this call counts the key: not where it goes on with one. */
export const FIRST_SLICE = "local key_first = walk.mode ~= 3 or (walk.start == 0 and walk.after == '')";

/** A list goes on where its last element that was read still stands. */
const LIST = `local function key_slice(key, size)
  walk.members = size
  local from = walk.start
  local to = from + walk.count < size and from + walk.count or size
  if from > 0 and call('LINDEX', key, from - 1) ~= walk.after then
    walk.next = -1
    return from, from
  end
  if to > from then walk.after = call('LINDEX', key, to - 1) end
  walk.next = to
  return from, to
end`;

/**
 * The rank after (score, member), whether or not it is there still: members are in the order of scores, then bytes. Members whose
 * scores do not change are read exactly once, whatever comes and goes beside them.
 */
const ZSET = `local function key_before(x, y)
  local shared = #x < #y and #x or #y
  for i = 1, shared do
    local b, c = byte(x, i), byte(y, i)
    if b ~= c then return b < c end
  end
  return #x < #y
end
local function key_rank(key, size, least)
  if walk.after == '' then return least end
  local score, member = unpack_one('<d', walk.after), sub(walk.after, 9)
  local now = call('ZSCORE', key, member)
  if now and now * 1 == score then return call('ZRANK', key, member) + 1 end
  local low, high = 0, size
  while low < high do
    local middle = floor((low + high) / 2)
    local found = call('ZRANGE', key, middle, middle, 'WITHSCORES')
    local other = found[2] * 1
    if other < score or (other == score and key_before(found[1], member)) then low = middle + 1 else high = middle end
  end
  return low
end
local function key_slice(key, least, size)
  walk.members = size
  local from = key_rank(key, size, least)
  local to = from + walk.count < size and from + walk.count or size
  if to > from then
    local last = call('ZRANGE', key, to - 1, to - 1, 'WITHSCORES')
    walk.after = pack('<d', last[2] * 1) .. last[1]
  end
  walk.next = to
  return from, to
end`;

/** Of the members that the call names, those that the set still has. */
const SET = `local function key_given(key, size)
  walk.members = size
  local found = {}
  for i = #ARGV - walk.given + 1, #ARGV do
    if call('SISMEMBER', key, ARGV[i]) == 1 then found[#found + 1] = ARGV[i] end
  end
  return found
end`;

/** Numbers of a packed string, at their places. It goes on where the last bytes that were read still stand. */
const PACKED = `local function key_before(key, bytes)
  return bytes > 0 and call('GETRANGE', key, bytes > 64 and bytes - 64 or 0, bytes - 1) or ''
end
local function key_slice(key, size, width)
  walk.members = size
  local from = walk.start
  local to = from + walk.count < size and from + walk.count or size
  if key_before(key, from * width) ~= walk.after then
    walk.next = -1
    return from, from
  end
  if to < size then walk.after = key_before(key, to * width) end
  walk.next = to
  return from, to
end`;

export const SLICES_LUA = { list: LIST, zset: ZSET, set: SET, packed: PACKED } as const;

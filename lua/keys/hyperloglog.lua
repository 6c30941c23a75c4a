-- Merges HyperLogLogs that lie in one slot (of each register the greatest value), or sends them. It
-- reads the strings as hyperloglog.c writes them; PFMERGE and PFCOUNT write (a key, a count).
--
-- KEYS     of one slot; they may be missing, or be no HyperLogLogs
-- ARGV     1 microseconds: no key is begun that would end later, as long as those before took
--          2 0, or bytes: the strings are sent as they are, and no key is begun beyond so many
-- Returns  { microseconds, keys done, of them missing, faults, registers, strings }
--          faults: flat { place from 1 on, type of the key, or 'corrupt' } of keys that are none
--          registers: 16,384 bytes, or triples of bytes: place from 0 on (high, low), value
--          strings: flat { place from 1 on, the string }
-- Merging takes 0.3 to 0.6 ms a dense key, sending 0.01 ms.
local call, byte, char = redis.call, string.byte, string.char
local REGISTERS, HEADER, DENSE_BYTES = 16384, 16, 12304
-- A run of one register takes one byte, or two.
local MOST_BYTES = HEADER + 2 * REGISTERS
-- From so many registers on all of them are sent.
local MANY = 1000

local started = clock()
local function elapsed()
  return clock() - started
end

-- Registers that are set, from 1 on; once it is full, all of them.
local merged, is_full = {}, false

local function fill()
  if is_full then
    return
  end
  local set, zeros = merged, {}
  for i = 1, 4096 do
    zeros[i] = 0
  end
  -- A table that is made at once costs a fraction of one that grows.
  merged = { unpack(zeros, 1, 4096) }
  for i = 4097, REGISTERS do
    merged[i] = 0
  end
  for i, value in pairs(set) do
    merged[i] = value
  end
  is_full = true
end

-- Four registers of six bits stand in three bytes, the lowest bits first.
local function merge_dense(text)
  fill()
  local m, i = merged, 1
  for p = HEADER + 1, DENSE_BYTES, 6 do
    local a, b, c, d, e, f = byte(text, p, p + 5)
    local r, s, t = a % 64, b % 16, c % 4
    if r > m[i] then
      m[i] = r
    end
    r = (a - r) / 64 + s * 4
    if r > m[i + 1] then
      m[i + 1] = r
    end
    r = (b - s) / 16 + t * 16
    if r > m[i + 2] then
      m[i + 2] = r
    end
    r = (c - t) / 4
    if r > m[i + 3] then
      m[i + 3] = r
    end
    r, s, t = d % 64, e % 16, f % 4
    if r > m[i + 4] then
      m[i + 4] = r
    end
    r = (d - r) / 64 + s * 4
    if r > m[i + 5] then
      m[i + 5] = r
    end
    r = (e - s) / 16 + t * 16
    if r > m[i + 6] then
      m[i + 6] = r
    end
    r = (f - t) / 4
    if r > m[i + 7] then
      m[i + 7] = r
    end
    i = i + 8
  end
end

-- Runs: 00zzzzzz of 1 to 64 zeros, 01zzzzzz zzzzzzzz of 1 to 16,384 zeros, 1vvvvvzz of 1 to 4 times
-- the value 1 to 32. Returns whether they cover all registers and no more; else nothing that is
-- merged is of use.
local function merge_sparse(text)
  local m, i, p, size = merged, 0, HEADER + 1, #text
  while p <= size do
    local op, low = byte(text, p, p + 1)
    if op >= 128 then
      local length = op % 4
      local value = (op - 128 - length) / 4 + 1
      for place = i + 1, i + length + 1 do
        local old = m[place]
        if not old or old < value then
          m[place] = value
        end
      end
      i = i + length + 1
    elseif op < 64 then
      i = i + op + 1
    else
      i = i + (op - 64) * 256 + (low or REGISTERS) + 1
      p = p + 1
    end
    p = p + 1
  end
  return i == REGISTERS
end

local most_bytes, sent_bytes, strings = tonumber(ARGV[2]), 0, {}
-- Returns nothing for a HyperLogLog, which it takes, and else what the key is; 'none' where it is
-- missing.
local function take(key, place)
  local size = redis.pcall('STRLEN', key)
  if type(size) == 'table' or size < HEADER then
    local kind = call('TYPE', key).ok
    if type(size) == 'table' and kind == 'string' then
      error(size)
    end
    return kind
  end
  local magic, encoding = string.match(call('GETRANGE', key, 0, 4), '^(HYLL)([%z\1])')
  if not magic or size > MOST_BYTES then
    return 'string'
  end
  if encoding == '\0' and size ~= DENSE_BYTES then
    return 'string'
  end
  local text = call('GET', key)
  if most_bytes > 0 then
    sent_bytes = sent_bytes + size
    strings[#strings + 1] = place
    strings[#strings + 1] = text
  elseif encoding == '\0' then
    merge_dense(text)
  elseif not merge_sparse(text) then
    return 'corrupt'
  end
end

local budget, done, missing, faults = tonumber(ARGV[1]), 0, 0, {}
local before, longest = 0, 0
for i, key in ipairs(KEYS) do
  local fault = take(key, i)
  if fault == 'none' then
    missing = missing + 1
  elseif fault then
    faults[#faults + 1] = i
    faults[#faults + 1] = fault
  end
  done = i
  local now = elapsed()
  longest = math.max(longest, now - before)
  before = now
  if now + longest >= budget or sent_bytes > most_bytes then
    break
  end
end

local registers, count = {}, 0
if not is_full then
  for i, value in pairs(merged) do
    count = count + 1
    registers[count] = char((i - 1 - (i - 1) % 256) / 256, (i - 1) % 256, value)
    if count >= MANY then
      fill()
      break
    end
  end
end
if is_full then
  registers = {}
  for i = 1, REGISTERS, 4096 do
    registers[#registers + 1] = char(unpack(merged, i, i + 4095))
  end
end
return { elapsed(), done, missing, faults, table.concat(registers), strings }

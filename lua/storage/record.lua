-- The records in a table's hash, read and written in one place.
--
-- Everything that changes of a table lies in one hash, so that every step on it is one atomic call
-- with one key. Its fields:
--   head, version   the published manifest and its number; absent before the first publish
--   name            the name in the catalog, so that a lost catalog can be rebuilt
--   dropped         when the table was dropped, in ms; then nothing may be staged or published any
--                   more
--   appends         the append ids that count already: 12 bytes of hash and a double (the version)
--                   each
--   s:<write id>    a staging record: "<state> <time> <seed> <first> <upto> <columns>", where
--                   state is W (writing; time = end of the lease), P (published; time = when to
--                   forget it), or X (given up: its keys are to be collected)
--   g:<version>     a version that is no longer the newest: "<retired at> <head>"
-- Times are the server's own, in ms, since clients' clocks differ.

local floor, format = math.floor, string.format

local record = {}

---@return number ms
function record.now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + floor(tonumber(time[2]) / 1000)
end

--- A number as text with all its digits; tostring keeps 14.
---@param n number
---@return string
function record.digits(n)
  return format('%.0f', n)
end

---@param key string the table's hash
---@return number version 0 before the first publish
function record.version(key)
  return tonumber(redis.call('HGET', key, 'version') or '0')
end

---@param text string|false
---@return string? state, number? time, string? rest
function record.parse(text)
  if not text then
    return nil
  end
  local state, time, rest = text:match('^(%u) (%d+) (.*)$')
  return state, tonumber(time), rest
end

---@param key string
---@param write_id string
---@return string? state, number? time, string? rest
function record.staging(key, write_id)
  return record.parse(redis.call('HGET', key, 's:' .. write_id))
end

---@param key string
---@param write_id string
---@param state string
---@param time number
---@param rest string
function record.stage(key, write_id, state, time, rest)
  redis.call('HSET', key, 's:' .. write_id, state .. ' ' .. record.digits(time) .. ' ' .. rest)
end

--- Fails with TABLE_NOT_FOUND where the table was dropped.
---@param key string
function record.refuse_dropped(key)
  if redis.call('HEXISTS', key, 'dropped') == 1 then
    error({ err = 'TABLE_NOT_FOUND the table was dropped' })
  end
end

local ENTRY, HASH = 20, 12
local KEPT = 1024

--- The version that an append id made, if it counts already.
---@param key string
---@param hash string 12 bytes, or '' for none
---@return number? version
function record.append_version(key, hash)
  if hash == '' then
    return nil
  end
  local appends = redis.call('HGET', key, 'appends') or ''
  for at = 1, #appends, ENTRY do
    if appends:sub(at, at + HASH - 1) == hash then
      return (struct.unpack('<d', appends, at + HASH))
    end
  end
  return nil
end

--- Remembers an append id; the oldest of more than 1,024 is forgotten.
---@param key string
---@param hash string
---@param version number
function record.remember_append(key, hash, version)
  if hash == '' then
    return
  end
  local appends = (redis.call('HGET', key, 'appends') or '') .. hash .. struct.pack('<d', version)
  redis.call('HSET', key, 'appends', appends:sub(-KEPT * ENTRY))
end

return record

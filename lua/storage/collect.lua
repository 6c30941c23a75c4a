-- Begins a collection: takes expired staging records out of their writers' hands *before* any of
-- their keys is deleted, and lists what may be collected now, up to 64 versions at a time.
--
-- KEYS[1]  the table's hash
-- ARGV[1]  grace in ms: versions retired longer ago may be collected
-- Returns  { head or '', field, value, due, field, value, due, … }: retired versions, the oldest
--          first, up to the first that is not due (listed, for what it still needs), and all
--          staging records that were given up; due is 1 where it may be collected
-- O(fields of the hash), of which only those listed are read
local record = require('storage.record')

local MOST = 64

--- The least of the numbers above `floor`; infinite where there is none.
local function next_above(numbers, floor)
  local least = math.huge
  for i = 1, #numbers do
    local n = numbers[i]
    if n > floor and n < least then
      least = n
    end
  end
  return least
end

return function(keys, args)
  local key, grace = keys[1], tonumber(args[1])
  local now = record.now()
  local dropped = redis.call('HEXISTS', key, 'dropped') == 1
  local fields = redis.call('HKEYS', key)
  local found = { redis.call('HGET', key, 'head') or '' }
  local versions = {}
  local function list(field, value, due)
    found[#found + 1] = field
    found[#found + 1] = value
    found[#found + 1] = due and 1 or 0
  end

  for i = 1, #fields do
    local field = fields[i]
    local kind, id = field:sub(1, 2), field:sub(3)
    if kind == 'g:' then
      versions[#versions + 1] = tonumber(id)
    elseif kind == 's:' then
      local state, time, rest = record.staging(key, id)
      if state == 'W' and time < now then
        state = 'X'
        record.stage(key, id, 'X', now, rest)
      end
      if state == 'X' then
        list(field, rest, true)
      elseif state == 'P' and time < now then
        redis.call('HDEL', key, field)
      end
    end
  end

  local version = next_above(versions, -1)
  for count = 0, MOST do
    if version == math.huge then
      break
    end
    local field = 'g:' .. record.digits(version)
    local value = redis.call('HGET', key, field)
    local retired = tonumber(value:match('^%d+'))
    local due = count < MOST and (dropped or retired + grace <= now)
    list(field, value, due)
    if not due then
      break
    end
    -- Versions mostly follow each other; only after a failover may some be missing.
    local follows = redis.call('HEXISTS', key, 'g:' .. record.digits(version + 1)) == 1
    version = follows and version + 1 or next_above(versions, version)
  end
  return found
end

-- Begins a collection: takes expired staging records out of their writers' hands *before* any of
-- their keys is deleted, and lists what may be collected now.
--
-- KEYS[1]  the table's hash
-- ARGV[1]  grace in ms: versions retired longer ago may be collected
-- Returns  { head or '', field, value, due, field, value, due, … }: all retired versions and all
--          staging records that were given up; due is 1 where it may be collected
-- O(fields of the hash)
local record = require('storage.record')

return function(keys, args)
  local key, grace = keys[1], tonumber(args[1])
  local now = record.now()
  local dropped = redis.call('HEXISTS', key, 'dropped') == 1
  local fields = redis.call('HGETALL', key)
  local found = { redis.call('HGET', key, 'head') or '' }
  local function list(field, value, due)
    found[#found + 1] = field
    found[#found + 1] = value
    found[#found + 1] = due and 1 or 0
  end
  for i = 1, #fields, 2 do
    local field, value = fields[i], fields[i + 1]
    local kind = field:sub(1, 2)
    if kind == 'g:' then
      local retired = tonumber(value:match('^%d+'))
      list(field, value, dropped or retired + grace <= now)
    elseif kind == 's:' then
      local state, time, rest = record.parse(value)
      if state == 'W' and time < now then
        state = 'X'
        record.stage(key, field:sub(3), 'X', now, rest)
      end
      if state == 'X' then
        list(field, rest, true)
      elseif state == 'P' and time < now then
        redis.call('HDEL', key, field)
      end
    end
  end
  return found
end

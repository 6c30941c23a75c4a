-- Drops a table: from now on nothing can be staged or published, and all of its keys may be
-- collected.
--
-- KEYS[1]  the table's hash
-- ARGV[1]  'any', or 'unpublished': only a table that was never published and that no writer holds
-- Returns  1: dropped (now or before); 0: there is no such table, or it is not unpublished
-- O(fields of the hash)
local record = require('storage.record')

return function(keys, args)
  local key = keys[1]
  local fields = redis.call('HGETALL', key)
  if #fields == 0 then
    return 0
  end
  local now, writes = record.now(), {}
  for i = 1, #fields, 2 do
    if fields[i]:sub(1, 2) == 's:' then
      local state, time, rest = record.parse(fields[i + 1])
      if state == 'W' then
        if args[1] == 'unpublished' and time >= now then
          return 0
        end
        writes[fields[i]:sub(3)] = rest
      end
    end
  end
  local head = redis.call('HGET', key, 'head')
  if head and args[1] == 'unpublished' then
    return 0
  end
  if head then
    redis.call('HSET', key, 'g:' .. redis.call('HGET', key, 'version'), '0 ' .. head)
    redis.call('HDEL', key, 'head', 'version')
  end
  for write_id, rest in pairs(writes) do
    record.stage(key, write_id, 'X', now, rest)
  end
  redis.call('HSETNX', key, 'dropped', record.digits(now))
  return 1
end

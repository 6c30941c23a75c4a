-- Ends a collection: forgets what was deleted, and the whole table once it is dropped and nothing
-- is left. A record that is a running writer's is never forgotten, whoever asks.
--
-- KEYS[1]  the table's hash
-- ARGV     the fields whose keys are deleted: g:<version>, s:<write id>
-- Returns  1 where the table's hash is gone, else 0
-- O(fields of the hash)
local record = require('storage.record')

return function(keys, args)
  local key = keys[1]
  for i = 1, #args do
    local field = args[i]
    local given_up = field:sub(1, 2) == 's:' and record.staging(key, field:sub(3)) == 'X'
    if given_up or field:sub(1, 2) == 'g:' then
      redis.call('HDEL', key, field)
    end
  end
  if redis.call('HEXISTS', key, 'dropped') == 0 then
    return 0
  end
  local fields = redis.call('HKEYS', key)
  for i = 1, #fields do
    local kind = fields[i]:sub(1, 2)
    if kind == 'g:' or (kind == 's:' and record.staging(key, fields[i]:sub(3)) ~= 'P') then
      return 0
    end
  end
  redis.call('UNLINK', key)
  return 1
end

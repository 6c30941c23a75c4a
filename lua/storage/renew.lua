-- Renews the lease of a staging record and declares the chunks that its writer is about to write:
-- a key is never written before the record says so, hence a collector finds all keys of a dead
-- writer.
--
-- KEYS[1]  the table's hash
-- ARGV     1 write id, 2 lease in ms, 3 "<seed> <first chunk> <up to chunk> <columns>"
-- Returns  1
-- Errors   STAGING_EXPIRED: a collector took the record, the writer must not go on
local record = require('storage.record')

return function(keys, args)
  local key, write_id = keys[1], args[1]
  if record.staging(key, write_id) ~= 'W' then
    error({ err = 'STAGING_EXPIRED the lease of write ' .. write_id .. ' ran out' })
  end
  record.stage(key, write_id, 'W', record.now() + tonumber(args[2]), args[3])
  return 1
end

-- Opens a staging record: from now on a collector leaves this writer's keys alone while its lease
-- lasts. Called again with the same write id it renews the lease.
--
-- KEYS[1]  the table's hash
-- ARGV     1 write id, 2 lease in ms, 3 version that the writer starts from, 4 the table's name
--          where the hash may be made by this call, else '', 5 hash of the append id or '', 6 what
--          the collector of a dead writer needs: "<seed> <first chunk> <up to chunk> <columns>"
-- Returns  { 0, version }: staged; { 1, version }: this append id counts already, nothing was
--          staged
-- Errors   TABLE_NOT_FOUND (dropped, or gone), WRITE_CONFLICT (another version by now)
-- O(append ids)
local record = require('storage.record')

return function(keys, args)
  local key = keys[1]
  local write_id, lease, base, name, append, rest = unpack(args, 1, 6)
  record.refuse_dropped(key)
  if name ~= '' then
    redis.call('HSETNX', key, 'name', name)
  elseif redis.call('EXISTS', key) == 0 then
    error({ err = 'TABLE_NOT_FOUND the table is gone' })
  end
  local version = record.version(key)
  local counted = record.append_version(key, append)
  if counted then
    return { 1, counted }
  end
  if version ~= tonumber(base) then
    local now_at = record.digits(version)
    error({ err = 'WRITE_CONFLICT the table is at version ' .. now_at .. ' by now' })
  end
  record.stage(key, write_id, 'W', record.now() + tonumber(lease), rest)
  return { 0, version }
end

-- Makes a staged write the table's newest version: readers see the old head or the new one. Checks
-- in the same step that nobody published since (of two writers one wins), that no collector took
-- the writer's record (its keys would be gone), and that the parts of the manifest are there (a
-- failover between writing them and now may have lost them). Called again after it succeeded it
-- says so again.
--
-- KEYS     1 the table's hash, 2… the manifest parts that this write made (same hash tag)
-- ARGV     1 write id, 2 version that the write started from, 3 the new head, 4 hash of the append
--          id or '', 5 how long to remember that this write was published, in ms
-- Returns  { 0, version }: published; { 1, version }: this append id counts already, nothing was
--          published
-- Errors   TABLE_NOT_FOUND, STAGING_EXPIRED, WRITE_CONFLICT, CLUSTER_DOWN (parts lost)
-- O(append ids)
local record = require('storage.record')

return function(keys, args)
  local key = keys[1]
  local write_id, base, head, append, memory = args[1], tonumber(args[2]), args[3], args[4], args[5]
  local version = record.version(key)
  record.refuse_dropped(key)
  local state, _, rest = record.staging(key, write_id)
  if state == 'P' then
    return { 0, base + 1 }
  end
  if state ~= 'W' then
    error({ err = 'STAGING_EXPIRED the lease of write ' .. write_id .. ' ran out' })
  end
  local counted = record.append_version(key, append)
  if counted then
    return { 1, counted }
  end
  if version ~= base then
    error({ err = 'WRITE_CONFLICT another writer published version ' .. record.digits(version) })
  end
  for k = 2, #keys do
    if redis.call('EXISTS', keys[k]) == 0 then
      error({ err = 'CLUSTER_DOWN a failover lost a part of the manifest before it was published' })
    end
  end
  local now = record.now()
  if base > 0 then
    local retired = record.digits(now) .. ' ' .. redis.call('HGET', key, 'head')
    redis.call('HSET', key, 'g:' .. record.digits(base), retired)
  end
  redis.call('HSET', key, 'head', head, 'version', record.digits(base + 1))
  record.stage(key, write_id, 'P', now + tonumber(memory), rest)
  record.remember_append(key, append, base + 1)
  return { 0, base + 1 }
end

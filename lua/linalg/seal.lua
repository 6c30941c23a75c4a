-- Finishes a chunk's key that was written part by part: checks its length, gives back the memory
-- that a growing string takes beyond its need (up to half), and tells the checksum. May be
-- repeated.
--
-- KEYS[1]  the key
-- ARGV[1]  its bytes
-- Returns  4 bytes: the first 32 bits of its SHA-1, little-endian
-- Errors   CLUSTER_DOWN (a failover lost a part of it)
-- O(bytes), about 1.3 ms for 520 KB
return function(keys, args)
  local key, bytes = keys[1], tonumber(args[1])
  local value = redis.call('GET', key)
  if not value or #value ~= bytes then
    local what = 'key %s has %d bytes where %d were written: a failover lost a part of it'
    error({ err = 'CLUSTER_DOWN ' .. what:format(key, value and #value or 0, bytes) })
  end
  redis.call('SET', key, value)
  return struct.pack('<I4', tonumber(redis.sha1hex(value):sub(1, 8), 16))
end

-- Copies a key of a chunk to another of the same slot, byte for byte. May be repeated. (Not by
-- COPY: a writer's rights are GET and SET.)
--
-- KEYS     from, to
-- ARGV[1]  bytes of the key
-- Errors   DATA_LOSS (the key is missing, or has other bytes)
-- O(bytes), about 0.3 ms for 520 KB
return function(keys, args)
  local from, bytes = keys[1], tonumber(args[1])
  local value = redis.call('GET', from)
  if not value or #value ~= bytes then
    local what = 'DATA_LOSS key %s has %d bytes instead of %d'
    error({ err = what:format(from, value and #value or 0, bytes) })
  end
  redis.call('SET', keys[2], value)
  return bytes
end

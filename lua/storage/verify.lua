-- Looks at keys where they lie, so that no data travels: their lengths, and on request their
-- checksums.
--
-- KEYS     any keys of one slot
-- ARGV[1]  'checksum' or 'length'
-- Returns  8 bytes a key: its length (0xffffffff where it is missing) and the first 32 bits of its
--          SHA-1 (0 where only the length was asked for), each little-endian
-- O(bytes) with checksums (about 1 ms for 500 KB), else O(keys)
local pack = struct.pack
local MISSING = 4294967295

return function(keys, args)
  local with_checksum = args[1] == 'checksum'
  local found = {}
  for i = 1, #keys do
    if with_checksum then
      local value = redis.call('GET', keys[i])
      found[i] = value and pack('<I4I4', #value, tonumber(redis.sha1hex(value):sub(1, 8), 16))
        or pack('<I4I4', MISSING, 0)
    else
      -- An empty string does not exist on a server: a key of length 0 is one that is missing.
      local length = redis.call('STRLEN', keys[i])
      found[i] = pack('<I4I4', length == 0 and MISSING or length, 0)
    end
  end
  return table.concat(found)
end

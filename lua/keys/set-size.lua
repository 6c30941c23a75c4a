-- How many members a set has.
--
-- KEYS[1]  a set, or missing
-- Returns  { microseconds, members, '' }, or -1 members and the type of a key that is no set
-- O(1)
local started = clock()
local size, kind = redis.pcall('SCARD', KEYS[1]), ''
if type(size) == 'table' then
  kind = redis.call('TYPE', KEYS[1]).ok
  if kind == 'set' then
    error(size)
  end
  size = -1
end
return { clock() - started, size, kind }

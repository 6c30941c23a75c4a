-- Which of some values are members of a set.
--
-- KEYS[1]  a set, or missing
-- ARGV     values
-- Returns  { microseconds, a text of as many bytes: 1 for a member, 0 for others }
-- O(values)
local started = clock()
local found = redis.call('SMISMEMBER', KEYS[1], unpack(ARGV))
local flags = table.concat(found)
return { clock() - started, flags }

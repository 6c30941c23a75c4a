-- Which of some values are members of a set.
--
-- KEYS[1]  a set, or missing
-- ARGV     values
-- Returns  { microseconds, a text of as many bytes: 1 for a member, 0 for others }
-- O(values)
local started = redis.call('TIME')
local found = redis.call('SMISMEMBER', KEYS[1], unpack(ARGV))
local flags = table.concat(found)
local ended = redis.call('TIME')
return { (ended[1] - started[1]) * 1000000 + (ended[2] - started[2]), flags }

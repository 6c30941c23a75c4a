-- A member of a sorted set by its place among those of one score.
--
-- KEYS[1]  a sorted set; it may be missing
-- ARGV     1 the score, 2 place among the members of that score, from 0 on, ascending
-- Returns  { microseconds, the member, '' where it has fewer, '1' where there is one }
-- O(log members)
local started = clock()
local first = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
local rank = first + tonumber(ARGV[2])
local member, is_there = '', '0'
if rank < redis.call('ZCOUNT', KEYS[1], '-inf', ARGV[1]) then
  member, is_there = redis.call('ZRANGE', KEYS[1], rank, rank)[1], '1'
end
return { clock() - started, member, is_there }

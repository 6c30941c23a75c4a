-- The servers' own intersection of small sets that lie in one slot.
--
-- KEYS     sets; they may be missing
-- ARGV     1 the most that is counted, 0 for no limit
-- Returns  { microseconds, how many members are in all of them }
-- O(smallest set · sets)
local started = clock()
local arguments = { 'SINTERCARD', #KEYS }
for i, key in ipairs(KEYS) do
  arguments[i + 2] = key
end
arguments[#arguments + 1] = 'LIMIT'
arguments[#arguments + 1] = ARGV[1]
local count = redis.call(unpack(arguments))
return { clock() - started, count }

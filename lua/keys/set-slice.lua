-- A slice of a set's members, by SSCAN: of those that are in it all the time, each comes in some
-- slice, perhaps in two.
--
-- KEYS[1]  a set, or missing
-- ARGV     1 cursor, '0' for the first slice, 2 how many, about, 3 the process that gave the cursor
-- Returns  { microseconds, cursor or '0' at the end, members, this process unless it is the end }
--          cursor '' and no members where the process is another one: cursors follow a hash that
--          each process seeds for itself, so that the whole set is to be read again
-- O(members of the slice)
local started = clock()
local cursor, members, process = ARGV[1], {}, ''
local function this_process()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end
if cursor ~= '0' then
  process = this_process()
end
if process == ARGV[3] or cursor == '0' then
  local found = redis.call('SSCAN', KEYS[1], cursor, 'COUNT', ARGV[2])
  cursor, members = found[1], found[2]
  if cursor ~= '0' and process == '' then
    process = this_process()
  end
else
  cursor = ''
end
return { clock() - started, cursor, members, process }

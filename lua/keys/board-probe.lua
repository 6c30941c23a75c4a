-- How many members of some sorted sets have scores between others, and which scores these are.
--
-- KEYS     of one slot; those that are missing or no sorted sets have no members
-- ARGV     1, 2 least and greatest score, as ZCOUNT takes them; 3 '1' where each key is counted;
--          4 microseconds after which no further key is begun
--          5… pairs of a least and a greatest score, to be counted
-- Returns  { microseconds, keys done, members between 1 and 2 as text,
--            least and greatest score of those, or '' and '' (not where each key is counted),
--            counts of the pairs, counts of each key }
--          counts are doubles, packed
-- O(keys · pairs · log members)
local call = redis.call
local started = clock()
local function elapsed()
  return clock() - started
end

local low, high, is_each, budget = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4])
local count, least, greatest, done = 0, '', '', 0
local sums, each = {}, {}
for i = 5, #ARGV, 2 do
  sums[(i - 3) / 2] = 0
end

local function number(text)
  return tonumber(text) or (text == 'inf' and math.huge or -math.huge)
end

for place, key in ipairs(KEYS) do
  local found = redis.pcall('ZCOUNT', key, low, high)
  if type(found) == 'table' then
    if call('TYPE', key).ok == 'zset' then
      error(found)
    end
    found = 0
  else
    for i = 5, #ARGV, 2 do
      local at = (i - 3) / 2
      sums[at] = sums[at] + call('ZCOUNT', key, ARGV[i], ARGV[i + 1])
    end
  end
  if found > 0 and not is_each then
    local first = call('ZRANGE', key, low, high, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')[2]
    local last = call('ZRANGE', key, high, low, 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2]
    if least == '' or number(first) < number(least) then
      least = first
    end
    if greatest == '' or number(last) > number(greatest) then
      greatest = last
    end
  end
  count = count + found
  each[place] = is_each and struct.pack('<d', found) or nil
  done = place
  if elapsed() >= budget then
    break
  end
end

for i = 1, #sums do
  sums[i] = struct.pack('<d', sums[i])
end
local counts = table.concat(sums)
local text = string.format('%.0f', count)
return { elapsed(), done, text, least, greatest, counts, table.concat(each) }

-- The next rows of some sorted sets of one slot, in the order of a leaderboard: by score, those of
-- one score by key and then member, ascending bytes, whichever way the scores go.
--
-- KEYS     of one slot, ascending; those that are missing or no sorted sets have no rows
-- ARGV     1 '1' for the highest scores first, 2 most rows that are answered
--          3 '1' where no more of them are wanted in all: rows of a key may then outdo another's
--          4 microseconds after which no further key is begun
--          5 score from which on rows are wanted, '' for all: of the rows with that score none of
--            the first so many keys (6), where 7 is '1' those of the next key after a member (8),
--            all of the others
--          9 score up to which rows are wanted, '' for all: rows of that score of the first so
--            many keys (10)
-- Returns  { microseconds, keys done, '1' where the last of them has more rows,
--            rows: flat { place of the key from 1 on, member, score as text } }
-- O(keys · log members + rows)
local call, huge = redis.call, math.huge
local started = clock()
local function elapsed()
  return clock() - started
end

local down, limit, is_last = ARGV[1] == '1', tonumber(ARGV[2]), ARGV[3] == '1'
local budget, from, past = tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local is_inside, after = ARGV[7] == '1', ARGV[8]
local to, tied = ARGV[9], tonumber(ARGV[10])

local function number(text)
  return tonumber(text) or (text == 'inf' and huge or -huge)
end

-- Byte order; Lua's own < follows the locale of the server.
local function is_before(x, y)
  for i = 1, math.min(#x, #y) do
    local b, c = string.byte(x, i), string.byte(y, i)
    if b ~= c then
      return b < c
    end
  end
  return #x < #y
end

local function below(key, score)
  return call('ZCOUNT', key, '-inf', '(' .. score)
end
local function up_to(key, score)
  return call('ZCOUNT', key, '-inf', score)
end

-- The rank of the first member after one, among those between two ranks, which have one score.
local function after_member(key, low, high)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_before(after, call('ZRANGE', key, middle, middle)[1]) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

-- Rows, in an order in which those of one score stand as they are wanted.
local places, members, texts, scores, count = {}, {}, {}, {}, 0

local function add(place, first, past_last)
  if first >= past_last then
    return
  end
  local found = call('ZRANGE', KEYS[place], first, past_last - 1, 'WITHSCORES')
  for i = 1, #found, 2 do
    count = count + 1
    places[count], members[count], texts[count] = place, found[i], found[i + 1]
    scores[count] = number(found[i + 1])
  end
end

-- The highest scores between two ranks; of the last score that is taken, the first members.
local function add_highest(place, low, high, most)
  if high - low > most and most > 0 then
    local key, first = KEYS[place], high - most
    local score = call('ZRANGE', key, first, first, 'WITHSCORES')[2]
    local group, above = below(key, score), up_to(key, score)
    add(place, above, high)
    add(place, group, group + most - (high - above))
  elseif most > 0 then
    add(place, low, high)
  end
end

-- Keeps the rows that are wanted of all that were found; the rest cannot be among the next ones.
local worst
local function prune()
  if count <= limit then
    return
  end
  local sorted = {}
  for i = 1, count do
    sorted[i] = down and -scores[i] or scores[i]
  end
  table.sort(sorted)
  worst = sorted[limit]
  local ties = 0
  for i = limit, 1, -1 do
    if sorted[i] ~= worst then
      break
    end
    ties = ties + 1
  end
  worst = down and -worst or worst
  local kept = 0
  for i = 1, count do
    local score = scores[i]
    local is_tie = score == worst
    if is_tie then
      ties = ties - 1
    end
    if (is_tie and ties >= 0) or (down and score > worst) or (not down and score < worst) then
      kept = kept + 1
      places[kept], members[kept], texts[kept], scores[kept] =
        places[i], members[i], texts[i], score
    end
  end
  count = kept
end

-- Adds the rows of a key, as many as are wanted. Returns whether it has more.
local function read(place, size)
  local key, most = KEYS[place], is_last and limit or limit - count
  local has_ties = place <= tied
  local last = to
  if
    worst
    and (last == '' or (down and worst >= number(last)) or (not down and worst <= number(last)))
  then
    -- Rows of that score stand in keys before this one.
    last, has_ties = string.format('%.17g', worst), false
  end
  local starts_inside = from ~= '' and is_inside and place == past + 1
  local is_past = place <= past
  if down then
    local low, high = 0, size
    if last ~= '' then
      low = has_ties and below(key, last) or up_to(key, last)
    end
    local found = count
    if starts_inside then
      local group = up_to(key, from)
      high = below(key, from)
      local first = after_member(key, high, group)
      add(place, first, math.min(group, first + most))
      if group - first > most then
        return true
      end
    elseif from ~= '' then
      high = is_past and below(key, from) or up_to(key, from)
    end
    most = most - (count - found)
    add_highest(place, low, high, most)
    return high - low > most
  end
  local low, high = 0, size
  if last ~= '' then
    high = has_ties and up_to(key, last) or below(key, last)
  end
  if starts_inside then
    low = after_member(key, below(key, from), up_to(key, from))
  elseif from ~= '' then
    low = is_past and up_to(key, from) or below(key, from)
  end
  add(place, low, math.min(high, low + most))
  return high - low > most
end

local done, has_more = 0, false
for place = 1, #KEYS do
  local size = redis.pcall('ZCARD', KEYS[place])
  if type(size) == 'table' then
    if call('TYPE', KEYS[place]).ok == 'zset' then
      error(size)
    end
    has_more = false
  else
    has_more = size > 0 and read(place, size)
  end
  done = place
  if is_last and count > 2 * limit then
    prune()
  end
  if has_more and not is_last or not is_last and count >= limit or elapsed() >= budget then
    break
  end
end
if is_last then
  prune()
end

local rows = {}
for i = 1, count do
  rows[3 * i - 2], rows[3 * i - 1], rows[3 * i] = places[i], members[i], texts[i]
end
return { elapsed(), done, has_more and not is_last and '1' or '0', rows }

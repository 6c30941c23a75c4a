-- Brings the records of projects back from a file: what was recorded of these projects goes, what
-- the file holds comes. Only where each project's current release is still the one that was looked
-- at before, and the leases of all of them are still held by this restore.
--
-- KEYS[1]  the release record
-- ARGV     1 the projects as JSON: [{ "project":…, "base": number of the current release, 0 for
--          none }], 2 the token of their leases; then pairs of field and value
-- Returns  { 1 }: restored, and the leases given back; also where it ran before
--          { 0, project, somebody's lease or '' }: somebody was there meanwhile
-- O(fields)
local key = KEYS[1]
local projects = cjson.decode(ARGV[1])

local is_done = true
for at = 3, #ARGV, 2 do
  is_done = is_done and redis.call('HGET', key, ARGV[at]) == ARGV[at + 1]
end
if is_done then
  for _, one in ipairs(projects) do
    local text = redis.call('HGET', key, 'lease:' .. one.project)
    if text and cjson.decode(text).token == ARGV[2] then
      redis.call('HDEL', key, 'lease:' .. one.project)
    end
  end
  return { 1 }
end

for _, one in ipairs(projects) do
  local text = redis.call('HGET', key, 'lease:' .. one.project)
  local head = tonumber(redis.call('HGET', key, 'head:' .. one.project) or '0')
  local is_mine = text and cjson.decode(text).token == ARGV[2]
  if head ~= one.base or not is_mine then
    return { 0, one.project, not is_mine and text or '' }
  end
end
local fields = redis.call('HKEYS', key)
for _, one in ipairs(projects) do
  local prefix = 'release:' .. one.project .. ':'
  for _, field in ipairs(fields) do
    if field:sub(1, #prefix) == prefix then
      redis.call('HDEL', key, field)
    end
  end
  redis.call('HDEL', key, 'head:' .. one.project, 'lease:' .. one.project)
end
for at = 3, #ARGV, 2 do
  redis.call('HSET', key, ARGV[at], ARGV[at + 1])
end
return { 1 }

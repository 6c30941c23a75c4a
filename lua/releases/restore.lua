-- Brings the records of projects back from a file: what was recorded of these projects goes, what
-- the file holds comes. Only where each project's current release is still the one that was looked
-- at before, and nobody deploys one of them meanwhile.
--
-- KEYS[1]  the release record
-- ARGV     1 the projects as JSON: [{ "project":…, "head": number as text, or "" }], 2 the token of
--          the lease that the caller may hold; then pairs of field and value
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
  local head = redis.call('HGET', key, 'head:' .. one.project) or ''
  local is_theirs = text and cjson.decode(text).token ~= ARGV[2]
  if head ~= one.head or is_theirs then
    return { 0, one.project, is_theirs and text or '' }
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

-- Forgets releases of a project, never the current one, or all of them and the project with them;
-- and the code that no release names then, whichever project it belongs to. Only where the current
-- release is the one that was looked at.
--
-- KEYS[1]  the release record
-- ARGV     1 project, 2 number of the release that was current when it was decided, 0 for none;
--          3… numbers of releases; or 3 'all', 4 the token of the lease, which goes as well
-- Returns  { 1, how many releases were forgotten }
--          { 0, number of the current release or 0 }: somebody made one meanwhile, or took the
--          lease
-- O(releases of all projects)
local key, project = KEYS[1], ARGV[1]
local head = redis.call('HGET', key, 'head:' .. project) or '0'
local is_all = ARGV[3] == 'all'
if is_all and head == '0' then
  -- It ran before, and its answer was lost.
  return { 1, 0 }
end
local lease = is_all and redis.call('HGET', key, 'lease:' .. project)
local is_mine = not is_all or (lease and cjson.decode(lease).token == ARGV[4])
if head ~= ARGV[2] or not is_mine then
  return { 0, tonumber(head) }
end
local forgotten = 0
if is_all then
  local prefix = 'release:' .. project .. ':'
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if field:sub(1, #prefix) == prefix then
      forgotten = forgotten + redis.call('HDEL', key, field)
    end
  end
  redis.call('HDEL', key, 'head:' .. project, 'lease:' .. project)
else
  for i = 3, #ARGV do
    if ARGV[i] ~= head then
      local entry = 'release:' .. project .. ':' .. ARGV[i]
      forgotten = forgotten + redis.call('HDEL', key, entry)
    end
  end
end

local named, fields = {}, redis.call('HKEYS', key)
for _, field in ipairs(fields) do
  if field:find('^release:') then
    local release = cjson.decode(redis.call('HGET', key, field))
    for _, library in ipairs(release.libraries) do
      named[library.hash] = true
    end
    if type(release.alias) == 'table' then
      named[release.alias.hash] = true
    end
  end
end
for _, field in ipairs(fields) do
  local hash = field:match('^code:(.*)$')
  if hash and not named[hash] then
    redis.call('HDEL', key, field, 'lines:' .. hash)
  end
end
return { 1, forgotten }

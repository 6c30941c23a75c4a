-- Forgets releases of a project, never the current one, and the code that no release names then,
-- whichever project it belongs to.
--
-- KEYS[1]  the release record
-- ARGV     1 project, 2… numbers of releases
-- Returns  how many releases were forgotten
-- O(releases of all projects)
local key, project = KEYS[1], ARGV[1]
local head = redis.call('HGET', key, 'head:' .. project)
local forgotten = 0
for i = 2, #ARGV do
  if ARGV[i] ~= head then
    local entry = 'release:' .. project .. ':' .. ARGV[i]
    forgotten = forgotten + redis.call('HDEL', key, entry)
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
return forgotten

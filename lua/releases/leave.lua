-- Gives the lease of a deploy back; from then on a commit of it that is still on its way fails.
--
-- KEYS[1]  the release record
-- ARGV     1 project, 2 token, 3 number of the release that the deploy started from
-- Returns  { 0 }: nothing was recorded by this deploy, and nothing will be
--          { 1, number, time in ms }: its release was recorded after all
-- O(1)
local key, project, token = KEYS[1], ARGV[1], ARGV[2]
local number = string.format('%.0f', tonumber(ARGV[3]) + 1)
local made = redis.call('HGET', key, 'release:' .. project .. ':' .. number)
local release = made and cjson.decode(made)
if release and release.token == token then
  return { 1, release.number, release.time }
end
local text = redis.call('HGET', key, 'lease:' .. project)
if text and cjson.decode(text).token == token then
  redis.call('HDEL', key, 'lease:' .. project)
end
return { 0 }

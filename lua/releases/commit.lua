-- Records a release and makes it the current one, where the lease is still held by this deploy and
-- the current release is the one that it started from: a compare-and-set. Gives the lease back.
-- Called again after it succeeded it says so again.
--
-- KEYS[1]  the release record
-- ARGV     1 project, 2 token, 3 number of the release that the deploy started from, 4 the release
--          as JSON without its number, time and token and without the brace that opens it; then
--          for each library its hash, its code and its line map
-- Returns  { 1, number, time in ms }: recorded
--          { 0, number of the current release or 0, the lease of the one who holds it or '' }
-- O(libraries)
local key, project, token, base = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local number = string.format('%.0f', tonumber(base) + 1)
local entry = 'release:' .. project .. ':' .. number
local made = redis.call('HGET', key, entry)
if made then
  local release = cjson.decode(made)
  if release.token == token then
    return { 1, release.number, release.time }
  end
end
local text = redis.call('HGET', key, 'lease:' .. project)
local head = redis.call('HGET', key, 'head:' .. project) or '0'
if made or not text or cjson.decode(text).token ~= token or head ~= base then
  return { 0, tonumber(head), text or '' }
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for at = 5, #ARGV, 3 do
  redis.call('HSET', key, 'code:' .. ARGV[at], ARGV[at + 1], 'lines:' .. ARGV[at], ARGV[at + 2])
end
local own = string.format('{"number":%s,"time":%.0f,"token":%s,', number, now, cjson.encode(token))
redis.call('HSET', key, entry, own .. ARGV[4], 'head:' .. project, number)
redis.call('HDEL', key, 'lease:' .. project)
return { 1, tonumber(number), now }

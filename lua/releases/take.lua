-- Takes the lease of a project's deploys, unless somebody else holds it. The lease is a courtesy:
-- it spares two deploys the trouble of undoing each other. Nothing that must be exact rests on it.
--
-- KEYS[1]  the release record
-- ARGV     1 project, 2 token (of this deploy alone), 3 who, 4 lease in ms
-- Returns  { 1, number of the current release or 0, the lease that had run out or '' }: taken
--          { 0, the lease of the one who holds it, ms until it runs out }
-- O(1)
local key, field = KEYS[1], 'lease:' .. ARGV[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local text = redis.call('HGET', key, field)
local held = text and cjson.decode(text)
local is_mine = held and held.token == ARGV[2]
if held and not is_mine and held.expires > now then
  return { 0, text, held.expires - now }
end
local mine = { token = ARGV[2], who = ARGV[3], since = now, expires = now + tonumber(ARGV[4]) }
redis.call('HSET', key, field, cjson.encode(mine))
local head = tonumber(redis.call('HGET', key, 'head:' .. ARGV[1]) or '0')
return { 1, head, held and not is_mine and text or '' }

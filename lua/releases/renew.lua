-- Renews the lease of a deploy, where it is still its own and nobody made a release meanwhile. One
-- that has run out is renewed as well: where it is still there, nobody took it.
--
-- KEYS[1]  the release record
-- ARGV     1 project, 2 token, 3 lease in ms, 4 number of the release that the deploy started from
-- Returns  { 1 }: renewed
--          { 0, number of the current release or 0, the lease of the one who holds it or '' }
-- O(1)
local key, field = KEYS[1], 'lease:' .. ARGV[1]
local text = redis.call('HGET', key, field)
local held = text and cjson.decode(text)
local head = redis.call('HGET', key, 'head:' .. ARGV[1]) or '0'
if not held or held.token ~= ARGV[2] or head ~= ARGV[4] then
  return { 0, tonumber(head), text or '' }
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
held.expires = now + tonumber(ARGV[3])
redis.call('HSET', key, field, cjson.encode(held))
return { 1 }

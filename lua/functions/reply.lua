-- What a function returned → what the server makes a reply of. See wire.lua.
--
-- A converter, by the kind of schema: reply[schema.kind](schema, value) returns the reply, or nil,
-- what is wrong with the value, and (from within a table) the path to it. Null is false in a reply:
-- nil would cut an array off.
local number = require('shardfold.number')
local show = require('shardfold.show')
local utf8 = require('shardfold.utf8')

local format_number, is_safe_integer = number.format, number.is_safe_integer
local is_utf8, misfit = utf8.is_utf8, show.misfit
local NULL = cjson.null

-- node-redis adds up the digits in such a way that it misreads integer replies beyond; as text they
-- arrive. (6.3.1: 9007199254740991 becomes 9007199254740992.)
local WELL_READ = 2 ^ 53 - 64

local to_reply = {}

function to_reply.string(_, value)
  if type(value) ~= 'string' then
    return misfit('a string', value)
  elseif not is_utf8(value) then
    return nil, 'is not UTF-8 (declare it as bytes): ' .. show.value(value)
  end
  return value
end

function to_reply.bytes(_, value)
  if type(value) ~= 'string' then
    return misfit('a string of bytes', value)
  end
  return value
end

function to_reply.number(_, value)
  if type(value) ~= 'number' then
    return misfit('a number', value)
  end
  return value == 0 and 1 / value < 0 and '-0' or format_number(value)
end

function to_reply.integer(_, value)
  if type(value) ~= 'number' then
    return misfit('an integer', value)
  elseif not is_safe_integer(value) then
    return misfit('an integer within ±(2^53 - 1)', value)
  elseif value > WELL_READ or value < -WELL_READ then
    return format_number(value)
  end
  return value
end

function to_reply.boolean(_, value)
  if type(value) ~= 'boolean' then
    return misfit('a boolean', value)
  end
  return value and 1 or 0
end

function to_reply.null()
  return false
end

-- false is what redis.call gives for what is not there.
function to_reply.nullable(schema, value)
  local of = schema.of
  if value == nil or value == NULL or (value == false and of.kind ~= 'boolean') then
    return false
  end
  return to_reply[of.kind](of, value)
end

local function has_more_than(value, n)
  -- Where the table is a plain array nothing follows its last position.
  if next(value, n > 0 and n or nil) == nil then
    return false
  end
  local count = 0
  for _ in pairs(value) do
    count = count + 1
  end
  return count > n
end

function to_reply.array(schema, value)
  if type(value) ~= 'table' then
    return misfit('an array', value)
  end
  local n = #value
  if has_more_than(value, n) then
    return nil, 'is not an array: it has holes or names'
  end
  local of, reply = schema.of, {}
  local convert = to_reply[of.kind]
  for i = 1, n do
    local item, problem, path = convert(of, value[i])
    if problem then
      return nil, problem, '[' .. i - 1 .. ']' .. (path or '')
    end
    reply[i] = item
  end
  return reply
end

function to_reply.map(schema, value)
  if type(value) ~= 'table' then
    return misfit('a table', value)
  end
  local of, reply, n = schema.of, {}, 0
  local convert = to_reply[of.kind]
  for name, held in pairs(value) do
    local _, problem = to_reply.string(nil, name)
    if problem then
      return nil, 'has a name that ' .. problem
    end
    local item, misfits, path = convert(of, held)
    if misfits then
      return nil, misfits, '[' .. show.value(name) .. ']' .. (path or '')
    end
    reply[n + 1], reply[n + 2] = name, item
    n = n + 2
  end
  return reply
end

function to_reply.record(schema, value)
  if type(value) ~= 'table' then
    return misfit('a table', value)
  end
  local reply = {}
  for i, field in ipairs(schema.fields) do
    local name, of = field[1], field[2]
    local item, problem, path = to_reply[of.kind](of, value[name])
    if problem then
      return nil, problem, '.' .. name .. (path or '')
    end
    reply[2 * i - 1], reply[2 * i] = name, item
  end
  return reply
end

return to_reply

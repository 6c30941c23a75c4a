-- Values that came as JSON → what the function gets, checked and converted by their schemas.
--
-- A converter, by the kind of schema: json[schema.kind](schema, value) returns the value, or nil,
-- what is wrong with it, and (from within a table) the path to it, which each table on the way out
-- completes: only who fails pays for the path.
local number = require('shardfold.number')
local show = require('shardfold.show')
local utf8 = require('shardfold.utf8')

local char, gsub = string.char, string.gsub
local parse_number, is_safe_integer = number.parse, number.is_safe_integer
local misfit, first_beyond_ascii = show.misfit, utf8.first_beyond_ascii
local NULL = cjson.null

-- What JSON has no word for travels as a string.
local NOT_IN_JSON = {
  NaN = parse_number('NaN'),
  Infinity = parse_number('Infinity'),
  ['-Infinity'] = parse_number('-Infinity'),
  ['-0'] = parse_number('-0'),
}

-- A byte from 128 on, which JSON holds as a character of two bytes.
local BYTES = {}
for b = 128, 255 do
  BYTES[char(b < 192 and 194 or 195, b < 192 and b or b - 64)] = char(b)
end

local from_json = {}

function from_json.string(_, value)
  if type(value) ~= 'string' then
    return misfit('a string', value)
  end
  return value
end

function from_json.bytes(_, value)
  if type(value) ~= 'string' then
    return misfit('a string of bytes', value)
  elseif not first_beyond_ascii(value) then
    return value
  end
  local ascii = gsub(value, '[\194\195][\128-\191]', '')
  if first_beyond_ascii(ascii) then
    return misfit('a string of characters up to U+00FF, one a byte', value)
  end
  return (gsub(value, '[\194\195][\128-\191]', BYTES))
end

function from_json.number(_, value)
  if type(value) == 'number' then
    return value
  end
  local special = type(value) == 'string' and NOT_IN_JSON[value]
  if not special then
    return misfit('a number', value)
  end
  return special
end

function from_json.integer(_, value)
  if type(value) ~= 'number' then
    return misfit('an integer', value)
  elseif not is_safe_integer(value) then
    return misfit('an integer within ±(2^53 - 1)', value)
  end
  return value + 0 -- there is no integer -0
end

function from_json.boolean(_, value)
  if type(value) ~= 'boolean' then
    return misfit('a boolean', value)
  end
  return value
end

function from_json.null(_, value)
  if value ~= NULL then
    return misfit('null', value)
  end
end

function from_json.nullable(schema, value)
  if value == nil or value == NULL then
    return nil
  end
  return from_json[schema.of.kind](schema.of, value)
end

-- Tables that were read from JSON are nobody else's, and are converted in place. In a JSON array
-- all names are numbers, in an object all are strings; where there are none they look alike.

function from_json.array(schema, value)
  if type(value) ~= 'table' or (value[1] == nil and next(value) ~= nil) then
    return misfit('an array', value)
  end
  local of = schema.of
  local convert = from_json[of.kind]
  for i = 1, #value do
    local item, problem, path = convert(of, value[i])
    if problem then
      return nil, problem, '[' .. i - 1 .. ']' .. (path or '')
    end
    value[i] = item
  end
  return value
end

function from_json.map(schema, value)
  if type(value) ~= 'table' or value[1] ~= nil then
    return misfit('an object', value)
  end
  local of = schema.of
  local convert = from_json[of.kind]
  for name, held in pairs(value) do
    local item, problem, path = convert(of, held)
    if problem then
      return nil, problem, '[' .. show.value(name) .. ']' .. (path or '')
    end
    value[name] = item
  end
  return value
end

function from_json.record(schema, value)
  if type(value) ~= 'table' or value[1] ~= nil then
    return misfit('an object', value)
  end
  local taken = {}
  for _, field in ipairs(schema.fields) do
    local name, of = field[1], field[2]
    local item, problem, path = from_json[of.kind](of, value[name])
    if problem then
      return nil, problem, '.' .. name .. (path or '')
    end
    taken[name], value[name] = item, nil
  end
  local unknown = next(value)
  if unknown ~= nil then
    return nil, 'has no field ' .. show.value(unknown)
  end
  return taken
end

return from_json

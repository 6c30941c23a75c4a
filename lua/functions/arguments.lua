-- What arrives of a call → what the function gets: every key and argument by position and by name
-- (keys[1], keys.board), of a spec with `named` by name alone; checked and converted by its schema.
-- See wire.lua.
--
-- keys(spec, KEYS), args(spec, ARGV)  complete the tables in place, and return them
-- Errors  INVALID_ARGUMENT with the path of the value (positions from 0) and how to call
local from_json = require('shardfold.json')
local number = require('shardfold.number')
local show = require('shardfold.show')
local utf8 = require('shardfold.utf8')

local decode_json, parse_number = cjson.decode, number.parse
local is_utf8, misfit = utf8.is_utf8, show.misfit

local function refuse(spec, problem)
  local text = 'INVALID_ARGUMENT %s: %s (call it as: %s)'
  error({ err = text:format(spec.name, problem, show.usage(spec)) }, 0)
end

-- Texts as they travel.

local from_text = {}

function from_text.string(_, text)
  if not is_utf8(text) then
    return misfit('UTF-8', text)
  end
  return text
end

function from_text.bytes(_, text)
  return text
end

function from_text.number(_, text)
  local value = parse_number(text)
  if not value then
    return misfit('a number', text)
  end
  return value
end

function from_text.integer(_, text)
  return from_json.integer(nil, parse_number(text) or text)
end

function from_text.boolean(_, text)
  if text == '1' then
    return true
  elseif text ~= '0' then
    return misfit('a boolean (1 or 0)', text)
  end
  return false
end

local function from_json_text(schema, text)
  if not is_utf8(text) then
    return misfit('UTF-8', text)
  end
  local ok, value = pcall(decode_json, text)
  if not ok then
    return misfit('JSON (' .. value .. ')', text)
  end
  return from_json[schema.kind](schema, value)
end

for kind in pairs(from_json) do
  from_text[kind] = from_text[kind] or from_json_text
end

local function rest_of(keys)
  local last = keys[#keys]
  return last and last[2].kind == 'array' and last[2] or nil
end

local function take(spec, field, text)
  local schema = field[2]
  local value, problem, path = from_text[schema.kind](schema, text)
  if problem then
    refuse(spec, field[1] .. (path or '') .. ' ' .. problem)
  end
  return value
end

local function refuse_count(spec, what, given, wanted)
  local plural = (wanted == 1 or wanted == 'at least 1') and '' or 's'
  refuse(spec, ('it takes %s %s%s, not %d'):format(wanted, what, plural, given))
end

-- KEYS and ARGV are made anew for each call, so they are completed in place.

local function without_positions(values, count)
  for i = count, 1, -1 do
    values[i] = nil
  end
  return values
end

local function take_keys(spec, keys)
  local wanted, given = spec.keys, #keys
  local rest = rest_of(wanted)
  local single = rest and #wanted - 1 or #wanted
  if given < single or (given > single and not rest) then
    refuse_count(spec, 'key', given, rest and 'at least ' .. single or single)
  end
  for i = 1, single do
    keys[wanted[i][1]] = take(spec, wanted[i], keys[i])
  end
  if rest then
    local name, list = wanted[#wanted][1], {}
    for i = single + 1, given do
      list[i - single] = take(spec, { name, rest.of }, keys[i])
    end
    keys[name] = list
  end
  return spec.named and without_positions(keys, given) or keys
end

local function take_args(spec, args)
  local wanted, given = spec.args, #args
  if given > #wanted then
    refuse_count(spec, 'argument', given, #wanted)
  end
  for i = 1, given do
    local value = take(spec, wanted[i], args[i])
    args[i], args[wanted[i][1]] = value, value
  end
  for i = given + 1, #wanted do
    if wanted[i][2].kind ~= 'nullable' then
      refuse_count(spec, 'argument', given, #wanted)
    end
  end
  return spec.named and without_positions(args, given) or args
end

return { keys = take_keys, args = take_args }

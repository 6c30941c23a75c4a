-- Values, schemas and calls as the errors of the wire show them.
--
-- value(v)             `"abc"`, shortened and escaped; `a table`
-- misfit(what, v)      nil, "is not a number: "abc""
-- schema(schema)       `{ name: string, scores: number[] }?`, as in annotations
-- usage(spec)          `FCALL addScore 1 board:string player:string score:number`
local number = require('shardfold.number')
local utf8 = require('shardfold.utf8')

local byte, concat, gsub, sub = string.byte, table.concat, string.gsub, string.sub
local format_number, is_utf8 = number.format, utf8.is_utf8
local NULL = cjson.null

local function escape(character)
  return ('\\x%02x'):format(byte(character))
end

---@return string
local function show(value)
  if type(value) == 'number' then
    return format_number(value)
  elseif value == NULL then
    return 'null'
  elseif type(value) ~= 'string' then
    return type(value) == 'boolean' and tostring(value) or 'a ' .. type(value)
  end
  local text = #value > 60 and sub(value, 1, 57) .. '...' or value
  return '"' .. gsub(text, is_utf8(text) and '%c' or '[%c\128-\255]', escape) .. '"'
end

-- What a converter returns that cannot convert: no value, and what is wrong with it.
local function misfit(what, value)
  if value == nil then
    return nil, 'is missing (it should be ' .. what .. ')'
  end
  return nil, 'is not ' .. what .. ': ' .. show(value)
end

local show_schema

local function show_fields(fields, separator)
  local parts = {}
  for i, field in ipairs(fields) do
    parts[i] = field[1] .. separator .. show_schema(field[2])
  end
  return parts
end

function show_schema(schema)
  local kind = schema.kind
  if kind == 'array' then
    return show_schema(schema.of) .. '[]'
  elseif kind == 'map' then
    return 'table<string, ' .. show_schema(schema.of) .. '>'
  elseif kind == 'nullable' then
    return show_schema(schema.of) .. '?'
  elseif kind == 'record' then
    return '{ ' .. concat(show_fields(schema.fields, ': '), ', ') .. ' }'
  end
  return kind
end

-- `FCALL addScore 1 board:string player:string score:number`
local function usage(spec)
  local last = spec.keys[#spec.keys]
  local parts = { 'FCALL', spec.name, last and last[2].kind == 'array' and 'numkeys' or #spec.keys }
  for _, fields in ipairs({ spec.keys, spec.args }) do
    for _, part in ipairs(show_fields(fields, ':')) do
      parts[#parts + 1] = part
    end
  end
  return concat(parts, ' ')
end

return { value = show, misfit = misfit, schema = show_schema, usage = usage }

-- Between the wire and a function with a spec: what arrives is checked and converted, and so is
-- what the function returns. The other end is src/functions/define/{encode,decode}.ts; the format
-- stands in define/spec.ts. A foreign client (redis-cli) gets an error that shows how to call.
--
-- serve(fn, spec, keys, args)
--   spec     { name, keys = { { 'board', schema }, … }, args = { … }, returns = schema }
--   fn       gets keys and args by position and by name (keys[1], keys.board), an array key as a
--            table
--   Returns  what the server makes a reply of. Null is false there: nil would cut an array off.
--   Errors   INVALID_ARGUMENT, INVALID_REPLY with the path of the value (positions from 0). What fn
--            raises, with its line: `NOFUNDS not enough (user_function:12)`; a returned table with
--            `err` (of redis.error_reply, redis.pcall) is raised, too
-- One pass over each value. A schema is data and is interpreted: about 0.1 µs a value, and what
-- number.lua takes for a number.
--
-- A converter returns the value, or nil, what is wrong with it, and (from within a table) the path
-- to it, which each table on the way out completes: only who fails pays for the path.
local number = require('shardfold.number')

local floor = math.floor
local gsub, match, sub = string.gsub, string.match, string.sub
local byte, char, concat = string.byte, string.char, table.concat
local decode_json, NULL = cjson.decode, cjson.null
local format_number, parse_number = number.format, number.parse

local MOST = 2 ^ 53 - 1
-- node-redis adds up the digits in such a way that it misreads integer replies beyond; as text they
-- arrive. (6.3.1: 9007199254740991 becomes 9007199254740992.)
local WELL_READ = 2 ^ 53 - 64

local M = {}

-- Everything that is not ASCII, by how common it is.
local UTF8 = {
  '[\194-\223][\128-\191]',
  '[\225-\236\238\239][\128-\191][\128-\191]',
  '\224[\160-\191][\128-\191]',
  '[\241-\243][\128-\191][\128-\191][\128-\191]',
  '\240[\144-\191][\128-\191][\128-\191]',
  '\244[\128-\143][\128-\191][\128-\191]',
  '\237[\128-\159][\128-\191]',
}

local function is_ascii(text)
  return match(text, '^[^\128-\255]*()') > #text
end

-- Replaces all good sequences, and sees whether only ASCII is left: a few passes, but all in C.
---@param text string
---@return boolean
local function is_utf8(text)
  for i = 1, #UTF8 do
    if is_ascii(text) then
      return true
    end
    text = gsub(text, UTF8[i], ' ')
  end
  return is_ascii(text)
end
M.is_utf8 = is_utf8

local function escape(character)
  return ('\\x%02x'):format(byte(character))
end

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

local function rest_of(keys)
  local last = keys[#keys]
  return last and last[2].kind == 'array' and last[2] or nil
end

-- `FCALL addScore 1 board:string player:string score:number`
local function usage(spec)
  local parts = { 'FCALL', spec.name, rest_of(spec.keys) and 'numkeys' or #spec.keys }
  for _, fields in ipairs({ spec.keys, spec.args }) do
    for _, part in ipairs(show_fields(fields, ':')) do
      parts[#parts + 1] = part
    end
  end
  return concat(parts, ' ')
end

local function refuse(spec, problem)
  local text = 'INVALID_ARGUMENT %s: %s (call it as: %s)'
  error({ err = text:format(spec.name, problem, usage(spec)) }, 0)
end

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

-- Scalars as they are in Lua: what a function returns, and what was read from JSON.

local function check_integer(value, shown)
  if value ~= floor(value) or value > MOST or value < -MOST then
    return misfit('an integer within ±(2^53 - 1)', shown)
  end
  return value + 0 -- there is no integer -0
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
  elseif is_ascii(value) then
    return value
  end
  local ascii = gsub(value, '[\194\195][\128-\191]', '')
  if not is_ascii(ascii) then
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
  end
  return check_integer(value, value)
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
      return nil, problem, '[' .. show(name) .. ']' .. (path or '')
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
    return nil, 'has no field ' .. show(unknown)
  end
  return taken
end

-- Arguments and keys as they travel.

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
  local value = parse_number(text)
  if not value then
    return misfit('an integer', text)
  end
  return check_integer(value, text)
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
  return keys
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
  return args
end

-- What a function returned → what the server makes a reply of.

local to_reply = {}

function to_reply.string(_, value)
  if type(value) ~= 'string' then
    return misfit('a string', value)
  elseif not is_utf8(value) then
    return nil, 'is not UTF-8 (declare it as bytes): ' .. show(value)
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
  local integer, problem = from_json.integer(nil, value)
  if integer and (integer > WELL_READ or integer < -WELL_READ) then
    return format_number(integer)
  end
  return integer, problem
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
      return nil, misfits, '[' .. show(name) .. ']' .. (path or '')
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

-- What redis.error_reply and redis.pcall return. A function may also have a field of that name.
local function is_error(schema, result)
  if type(result) ~= 'table' or type(result.err) ~= 'string' or schema.kind == 'map' then
    return false
  end
  for _, field in ipairs(schema.fields or {}) do
    if field[1] == 'err' then
      return false
    end
  end
  return true
end

-- What is run next. Upvalues instead of a closure a call: functions do not call each other here.
local next_fn, next_keys, next_args

local function run()
  local fn, keys, args = next_fn, next_keys, next_args
  next_fn, next_keys, next_args = nil, nil, nil
  return fn(keys, args)
end

-- Runs where an error is raised. A server up to Redis 8.0 dies of a table without `err` (also of
-- `throw new Error()`, compiled), so none gets there. The server would read the line of a table's
-- error by itself, but no longer finds it once the error was caught, so it is added to the text.
local function on_error(problem)
  local text
  if type(problem) ~= 'table' then
    text = 'ERR ' .. tostring(problem)
  elseif type(problem.err) == 'string' then
    text = problem.err
  elseif getmetatable(problem) then
    text = 'ERR ' .. tostring(problem)
  else
    text = 'ERR a table without err was raised'
  end
  if match(text, '^ERR user_function:%d') then
    return { err = text } -- error('text') has put its line there
  end
  -- Levels: error itself, pcall, this, what raised it (error, redis.call: in C), who called that.
  local _, where = pcall(error, '', 4)
  local line = match(where, '^(user_function:%d+)')
  return { err = line and text .. ' (' .. line .. ')' or text }
end

---@param fn fun(keys: table, args: table): any
---@param spec table
---@param keys string[]
---@param args string[]
function M.serve(fn, spec, keys, args)
  next_fn, next_keys, next_args = fn, take_keys(spec, keys), take_args(spec, args)
  local ok, result = xpcall(run, on_error)
  local schema = spec.returns
  if not ok or is_error(schema, result) then
    error(result, 0)
  end
  local reply, problem, path = to_reply[schema.kind](schema, result)
  if problem then
    local text = 'INVALID_REPLY %s: its reply%s %s (it is declared to return %s)'
    error({ err = text:format(spec.name, path or '', problem, show_schema(schema)) }, 0)
  end
  return reply
end

return M

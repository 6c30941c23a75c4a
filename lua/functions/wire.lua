-- Between the wire and a function with a spec: what arrives is checked and converted, and so is
-- what the function returns. The other end is src/functions/define/{encode,decode}.ts; the format
-- stands in define/spec.ts. A foreign client (redis-cli) gets an error that shows how to call.
--
-- serve(fn, spec, keys, args)
--   spec     { name, keys = { { 'board', schema }, … }, args = { … }, returns = schema }
--            named = true: fn gets no positions
--   fn       gets keys and args by position and by name (keys[1], keys.board), an array key as a
--            table; with `named` by name alone, so that a copy of them holds nothing else
--   Returns  what the server makes a reply of. Null is false there: nil would cut an array off.
--   Errors   INVALID_ARGUMENT, INVALID_REPLY with the path of the value (positions from 0). What fn
--            raises, with its line: `NOFUNDS not enough (user_function:12)`; a returned table with
--            nothing but `err` (of redis.error_reply, redis.pcall) is raised, too
-- One pass over each value. A schema is data and is interpreted: about 0.1 µs a value, and what
-- number.lua takes for a number.
local arguments = require('shardfold.arguments')
local reply = require('shardfold.reply')
local show = require('shardfold.show')
local utf8 = require('shardfold.utf8')

local match = string.match
local take_keys, take_args = arguments.keys, arguments.args

local M = { is_utf8 = utf8.is_utf8 }

-- All that servers put into what redis.error_reply and redis.pcall return (7.0, 8, Valkey): a text,
-- and of a command that it has been counted. A table that holds more happens to have such a field.
local OF_ERRORS = { err = true, ignore_error_stats_update = true }

local function is_error(schema, result)
  while schema.kind == 'nullable' do
    schema = schema.of
  end
  if type(result) ~= 'table' or type(result.err) ~= 'string' or schema.kind == 'map' then
    return false
  end
  for name in pairs(result) do
    if not OF_ERRORS[name] then
      return false
    end
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

-- Runs where an error is raised. Redis 7.0.15 dies of a raised table without `err` (mended in
-- redis#14163), so none gets there. The server reads the line of an error by itself, but finds only
-- ours once the error was caught, so the line is added to the text.
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
  if match(text, 'user_function:%d') then
    return { err = text } -- error('text') and js-error.lua have put their line there
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
  local replied, problem, path = reply[schema.kind](schema, result)
  if problem then
    local text = 'INVALID_REPLY %s: its reply%s %s (it is declared to return %s)'
    error({ err = text:format(spec.name, path or '', problem, show.schema(schema)) }, 0)
  end
  return replied
end

return M

-- Errors of JavaScript, and what `try` catches. An instance carries `err`, so that the server
-- answers with it: a message that begins with a code (`NOFUNDS balance is 3`) as it stands, any
-- other behind ERR.

local M = {}

local function class(name, base)
  local new = { name = name, prototype = {} }
  new.prototype.__index = new.prototype
  new.prototype.constructor = new
  new.prototype.name = name
  if base then
    new.____super = base
    setmetatable(new, { __index = base })
    setmetatable(new.prototype, base.prototype)
  end
  return new
end

local Error = class('Error')
M.Error = Error

function Error.prototype.____constructor(self, message)
  self.message = message or ''
end

for _, name in ipairs({ 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError' }) do
  M[name] = class(name, Error)
end

local function is_error(value)
  return type(value) == 'table' and type(value.message) == 'string'
end

-- `user_function:12` of the function that many calls up; whoever called translates it.
local function place(level)
  local _, where = pcall(error, '', level + 2)
  return string.match(where, '[%w_]+:%d+') or '?'
end

local function coded(message)
  return string.find(message, '^[A-Z][A-Z0-9_][A-Z0-9_]+') and message or 'ERR ' .. message
end

---`throw`: the value for `error`, which is called where the `throw` stands, for its line is shown.
---One that is thrown again, by hand or after `finally`, tells the first place in words.
function M.thrown(value)
  if not is_error(value) then
    return value
  end
  local first = value.____place
  if not first then
    value.err = coded(value.message)
    value.____place = place(2)
  elseif not string.find(value.err, first, 1, true) then
    value.err = value.err .. ' (at ' .. first .. ')'
  end
  return value
end

---Raises what our functions raise, with the place of the compiled code that calls them.
---@param message string
---@param level number 1: our function was called by compiled code; 2: by another of ours, …
---@param name? string
---@param code? string
function M.raise(message, level, name, code)
  local value = setmetatable({ message = message }, (M[name] or Error).prototype)
  value.____place = place(level + 2)
  value.err = (code or 'ERR') .. ' ' .. message .. ' (at ' .. value.____place .. ')'
  error(value, 0)
end

-- What servers and Lua itself raise becomes an Error, as whoever catches it expects.
local function caught(value)
  if is_error(value) then
    return value
  end
  local text = tostring(type(value) == 'table' and value.err or value)
  local err = type(value) == 'table' and value.err or 'ERR ' .. text
  -- A field or a call of what is nil.
  local class_of = string.find(text, 'attempt to [ci]') and M.TypeError or Error
  return setmetatable({ message = text, err = err }, class_of.prototype)
end

---pcall of a block: whether it went well, and what it returned (whether it did, and the value) or
---raised. The pcall of servers makes a string of what was raised, their xpcall does not.
function M.try(block)
  return xpcall(block, caught)
end

---`instanceof`
function M.instance_of(value, wanted)
  local found = type(value) == 'table' and value.constructor or nil
  while found ~= nil do
    if found == wanted then
      return true
    end
    found = found.____super
  end
  return false
end

return M

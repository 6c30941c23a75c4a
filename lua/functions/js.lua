-- What operators of JavaScript mean on tables that Lua's own do not, and arguments of commands:
-- compiled TypeScript calls these instead.

local errors = require('shardfold.js-error')
local number = require('shardfold.number')

local format = number.format

local M = {}

-- An argument of a command: the server writes numbers with 17 digits, 0.1 as 0.10000000000000001.
function M.argument(value)
  return type(value) == 'number' and format(value) or value
end

---The same of several, of which some were spread.
function M.arguments(...)
  local out, count = { ... }, select('#', ...)
  for i = 1, count do
    if type(out[i]) == 'number' then
      out[i] = format(out[i])
    end
  end
  return unpack(out, 1, count)
end

-- More values than this cannot be given to a call.
local MOST = 7999

---`...list` in a call.
---@param level? number As `raise` takes it.
function M.spread(list, level)
  if #list > MOST then
    local message = 'a spread of ' .. #list .. ' values into a call: servers take ' .. MOST
    errors.raise(message .. '; pass them on in pieces', level or 1, 'RangeError')
  end
  return unpack(list)
end

---The value as it is now, of a variable that a call may change.
function M.copy(value)
  return value
end

---The fields of an object as they are now.
function M.clone(object)
  local copy = {}
  for name, value in pairs(object) do
    copy[name] = value
  end
  return copy
end

---`delete target[key]`
function M.delete(target, key)
  target[key] = nil
  return true
end

---In no order: whoever asks sorts them.
function M.keys(target)
  local keys = {}
  for key in pairs(target) do
    keys[#keys + 1] = key
  end
  return keys
end

function M.type_of(x)
  local kind = type(x)
  return kind == 'table' and 'object' or kind == 'nil' and 'undefined' or kind
end

return M

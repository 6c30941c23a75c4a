-- What `shardfold/functions` is in the servers: `t` as in TypeScript; `defineFunction`, which is
-- its body; and `bytes`, which are Lua's strings. Functions of compiled TypeScript take `this`
-- first.

local array = require('shardfold.js-array')
local errors = require('shardfold.js-error')
local numbers = require('shardfold.js-number')
local wire = require('shardfold.wire')

local byte, sub = string.byte, string.sub

local t = {
  string = { kind = 'string' },
  bytes = { kind = 'bytes' },
  number = { kind = 'number' },
  integer = { kind = 'integer' },
  boolean = { kind = 'boolean' },
  null = { kind = 'null' },
}

for _, kind in ipairs({ 'array', 'map', 'nullable' }) do
  t[kind] = function(_, of)
    return { kind = kind, of = of }
  end
end

function t.record(_, fields)
  return { kind = 'record', fields = fields }
end

local bytes = {}

function bytes.length(_, value)
  return #value
end

function bytes.at(_, value, index)
  return index >= 0 and numbers.is_integer(index) and byte(value, index + 1) or nil
end

function bytes.slice(_, value, first, last)
  local length = #value
  return sub(value, array.position(first, length, 0) + 1, array.position(last, length, length))
end

function bytes.equal(_, a, b)
  return a == b
end

-- Not by `<`, which follows the locale of the server.
function bytes.compare(_, a, b)
  if a == b then
    return 0
  end
  local shorter = math.min(#a, #b)
  for i = 1, shorter do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then
      return x < y and -1 or 1
    end
  end
  return #a < #b and -1 or 1
end

function bytes.concat(_, ...)
  return table.concat({ ... })
end

function bytes.fromText(_, text)
  return text
end

function bytes.toText(_, value)
  if not wire.is_utf8(value) then
    local message = 'these bytes are not text: they are not UTF-8'
    errors.raise(message, 1, 'Error', 'INVALID_VALUE')
  end
  return value
end

local function defineFunction(_, _, body)
  return function(keys, args)
    return body(nil, keys, args)
  end
end

return { t = t, bytes = bytes, defineFunction = defineFunction }

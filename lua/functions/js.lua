-- What operators and functions of JavaScript mean that Lua's own do not: compiled TypeScript calls
-- these instead. Exact to the bit, but for `pow` (libm).

local errors = require('shardfold.js-error')
local number = require('shardfold.number')

local floor, ceil, fmod, huge = math.floor, math.ceil, math.fmod, math.huge
local find, gsub, match, rep, sub = string.find, string.gsub, string.match, string.rep, string.sub

local M = {}

-- Where Lua 5.1 finds 0 and -0 among the constants of a function, it takes them for one.
M.negative_zero = -1 / huge

-- `%` of JavaScript has the sign of its left side, that of Lua the sign of its right one.
M.fmod = fmod

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

---What a template and `+` make of a value.
---@param x string|number|boolean
---@return string
function M.text(x)
  local kind = type(x)
  if kind == 'string' then
    return x
  elseif kind == 'number' then
    return number.format(x)
  elseif kind == 'boolean' then
    return x and 'true' or 'false'
  end
  errors.raise((x == nil and 'null' or 'a ' .. kind) .. ' cannot be made text', 1, 'TypeError')
end

-- The white space of JavaScript beside that of C, as UTF-8.
local WIDE = {
  '\194\160',
  '\239\187\191',
  '\225\154\128',
  '\226\128[\128-\138\168\169\175]',
  '\226\129\159',
  '\227\128\128',
}

---@param text string
---@return string
function M.trim_start(text)
  local before
  repeat
    before = #text
    text = gsub(text, '^[ \t\n\v\f\r]+', '')
    for _, space in ipairs(WIDE) do
      text = gsub(text, '^' .. space, '')
    end
  until #text == before
  return text
end

---@param text string
---@return string
function M.trim_end(text)
  local before
  repeat
    before = #text
    text = gsub(text, '[ \t\n\v\f\r]+$', '')
    for _, space in ipairs(WIDE) do
      text = gsub(text, space .. '$', '')
    end
  until #text == before
  return text
end

---@param text string
---@return string
function M.trim(text)
  return M.trim_end(M.trim_start(text))
end

local HEX_OF_OCTAL = { [0] = '000', '001', '010', '011', '100', '101', '110', '111' }
local HEX_OF_BITS = {}
for i = 0, 15 do
  local bits = (i >= 8 and '1' or '0') .. HEX_OF_OCTAL[i % 8]
  HEX_OF_BITS[bits] = string.format('%x', i)
end

-- strtod rounds hexadecimal digits correctly, so the other bases become hexadecimal.
local function hexadecimal(text)
  local octal, bits = match(text, '^0[oO]([0-7]+)$'), match(text, '^0[bB]([01]+)$')
  if octal then
    bits = gsub(octal, '.', function(digit)
      return HEX_OF_OCTAL[tonumber(digit)]
    end)
  end
  if bits then
    bits = rep('0', -#bits % 4) .. bits
    return '0x' .. gsub(bits, '....', HEX_OF_BITS)
  end
  return match(text, '^0[xX]%x+$')
end

---`Number(x)`
---@param x string|number|boolean
---@return number
function M.number(x)
  if type(x) == 'number' then
    return x
  elseif type(x) == 'boolean' then
    return x and 1 or 0
  end
  local text = M.trim(x)
  if text == '' then
    return 0
  end
  local sign, rest = match(text, '^([+-]?)(.*)$')
  if rest == 'Infinity' then
    return sign == '-' and -huge or huge
  end
  if
    find(rest, '^%d+%.?%d*$')
    or find(rest, '^%.%d+$')
    or find(rest, '^%d+%.?%d*[eE][+-]?%d+$')
    or find(rest, '^%.%d+[eE][+-]?%d+$')
  then
    return tonumber(sub(text, sign == '+' and 2 or 1)) or 0 / 0
  end
  local digits = sign == '' and hexadecimal(text)
  return digits and tonumber(digits) or 0 / 0
end

-- C says that 1 to any power is 1, and that (-1) to an infinite one is.
---@param base number
---@param exponent number
---@return number
function M.pow(base, exponent)
  if
    exponent ~= exponent or ((base == 1 or base == -1) and (exponent == huge or exponent == -huge))
  then
    return 0 / 0
  end
  return base ^ exponent
end

local function extreme(is_less)
  return function(first, ...)
    local found = first
    for i = 1, select('#', ...) do
      local x = select(i, ...)
      if x ~= x or found ~= found then
        found = 0 / 0
      elseif is_less(found, x) then
        found = x
      end
    end
    return found
  end
end

-- 0 is more than -0.
local function less(a, b)
  return a < b or (a == 0 and b == 0 and 1 / a < 1 / b)
end

local function more(a, b)
  return less(b, a)
end

local most, least = extreme(less), extreme(more)

---@return number
function M.max(...)
  return select('#', ...) == 0 and -huge or most(...)
end

---@return number
function M.min(...)
  return select('#', ...) == 0 and huge or least(...)
end

-- Lists may be longer than what a call takes.
local function fold(step, start)
  return function(list)
    local found = start
    for i = 1, #list do
      found = step(found, list[i])
    end
    return found
  end
end

M.max_of = fold(most, -huge)
M.min_of = fold(least, huge)

---Halves go up; what is between -0.5 and -0 is -0.
---@param x number
---@return number
function M.round(x)
  if x ~= x or x - x ~= 0 then
    return x
  end
  local below = floor(x)
  local rounded = x - below >= 0.5 and below + 1 or below
  return rounded == 0 and (x < 0 or 1 / x < 0) and M.negative_zero or rounded
end

---@param x number
---@return number
function M.trunc(x)
  return x > 0 and floor(x) or ceil(x)
end

---@param x number
---@return number
function M.sign(x)
  return x > 0 and 1 or x < 0 and -1 or x
end

function M.is_integer(x)
  return type(x) == 'number' and x - x == 0 and floor(x) == x
end

function M.is_finite(x)
  return type(x) == 'number' and x - x == 0
end

function M.is_nan(x)
  return x ~= x
end

---`text.repeat(n)`
---@param text string
---@param count number
---@return string
function M.rep(text, count)
  count = M.trunc(count == count and count or 0)
  if count < 0 or count == huge then
    errors.raise('Invalid count value: ' .. number.format(count), 1, 'RangeError')
  end
  return rep(text, count)
end

---@param text string
---@param part string
---@return boolean
function M.includes(text, part)
  return find(text, part, 1, true) ~= nil
end

---@param text string
---@param part string
---@return boolean
function M.starts_with(text, part)
  return sub(text, 1, #part) == part
end

---@param text string
---@param part string
---@return boolean
function M.ends_with(text, part)
  return part == '' or (#part <= #text and sub(text, -#part) == part)
end

---@param text string
---@param separator string Not empty.
---@return string[]
function M.split(text, separator)
  local parts, count, from = {}, 0, 1
  while true do
    local first, last = find(text, separator, from, true)
    count = count + 1
    if not first then
      parts[count] = sub(text, from)
      return parts
    end
    parts[count] = sub(text, from, first - 1)
    from = last + 1
  end
end

---@param text string
---@param part string Not empty.
---@param by string
---@return string
function M.replace_all(text, part, by)
  return table.concat(M.split(text, part), by)
end

---@param text string
---@param part string Not empty.
---@param by string
---@return string
function M.replace(text, part, by)
  local first, last = find(text, part, 1, true)
  return first and sub(text, 1, first - 1) .. by .. sub(text, last + 1) or text
end

---`array.join(separator)`
---@param array (string|number|boolean)[]
---@param separator? string
---@return string
function M.join(array, separator)
  local parts = {}
  for i = 1, #array do
    parts[i] = M.text(array[i])
  end
  return table.concat(parts, separator or ',')
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

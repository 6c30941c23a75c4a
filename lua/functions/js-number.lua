-- What operators and functions of JavaScript make of numbers that Lua's own do not. Exact to the
-- bit, but for `pow` (libm).

local strings = require('shardfold.js-string')

local floor, ceil, fmod, huge = math.floor, math.ceil, math.fmod, math.huge
local find, gsub, match, rep, sub = string.find, string.gsub, string.match, string.rep, string.sub

local M = {}

-- Where Lua 5.1 finds 0 and -0 among the constants of a function, it takes them for one.
M.negative_zero = -1 / huge

-- `%` of JavaScript has the sign of its left side, that of Lua the sign of its right one.
M.fmod = fmod

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
  local text = strings.trim(x)
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

return M

-- Numbers as JavaScript writes and reads them. Lua's own tostring keeps 14 digits, and its tonumber
-- takes more than it should (hexadecimal, blanks around).
--
-- format(x)    Number.prototype.toString of JavaScript, to the character: the shortest digits that
--              read back as x, the nearest of them to x. As there, both zeros are "0".
-- parse(text)  the number that such a text (and any decimal text) stands for, -0 included; nil
--              where it stands for none
-- is_safe_integer(x)  whether x is whole and within ±(2^53 - 1)
-- No allocation but the texts. About 0.5 µs a number of up to 15 digits, 1 µs otherwise.

local find, format, gsub, match, rep =
  string.find, string.format, string.gsub, string.match, string.rep
local floor, frexp, tonumber = math.floor, math.frexp, tonumber

local MOST = 2 ^ 53 - 1

local M = {}

local SPECIAL = { NaN = tonumber('nan'), Infinity = 1 / 0, ['-Infinity'] = -1 / 0 }

-- Below it (subnormals) there are fewer than 15 significant digits.
local SMALLEST_NORMAL = 2 ^ -1022

-- The numbers below a power of two are twice as near to it as those above. So 16 digits may do
-- though the nearest 16 do not: the next ones away from zero. All powers of two for which they do
-- are so large or small that they are written with an exponent.
local function next_16_digits(x)
  local head, digit, nines, exponent = match(format('%.15e', x), '^(.*)([0-8])(9*)(e.*)$')
  return head .. digit + 1 .. gsub(nines, '9', '0') .. exponent
end

local function shortest(x)
  if x < SMALLEST_NORMAL and x > -SMALLEST_NORMAL then
    for digits = 1, 16 do
      local text = format('%.' .. digits .. 'g', x)
      if tonumber(text) == x then
        return text
      end
    end
    return format('%.17g', x)
  end
  local text = format('%.15g', x) -- no trailing zeros, so these may be fewer
  if tonumber(text) == x then
    return text
  end
  text = format('%.16g', x)
  if tonumber(text) == x then
    return text
  end
  if frexp(x) == (x > 0 and 0.5 or -0.5) then
    text = next_16_digits(x)
    if tonumber(text) == x then
      return text
    end
  end
  return format('%.17g', x)
end

-- C writes an exponent from 1e15 and 1e-5 on, JavaScript from 1e21 and 1e-7 on.
local function with_exponent(text)
  local sign, first, rest, exponent = match(text, '^(-?)(%d)%.?(%d*)e([+-]%d+)$')
  exponent = tonumber(exponent)
  if exponent >= 0 and exponent < 21 then
    return sign .. first .. rest .. rep('0', exponent - #rest)
  elseif exponent < 0 and exponent > -7 then
    return sign .. '0.' .. rep('0', -exponent - 1) .. first .. rest
  end
  local point = rest == '' and '' or '.'
  return format('%s%s%s%se%+d', sign, first, point, rest, exponent)
end

---@param x number
---@return string
function M.format(x)
  if x ~= x then
    return 'NaN'
  elseif x == 0 then
    return '0'
  elseif x - x ~= 0 then
    return x > 0 and 'Infinity' or '-Infinity'
  end
  local text = shortest(x)
  return find(text, 'e', 1, true) and with_exponent(text) or text
end

---@param text string
---@return number?
function M.parse(text)
  if find(text, '^-?%d') and not find(text, '[^%d.eE+-]') then
    return tonumber(text)
  end
  return SPECIAL[text]
end

---@param x number
---@return boolean
function M.is_safe_integer(x)
  return x == floor(x) and x <= MOST and x >= -MOST
end

return M

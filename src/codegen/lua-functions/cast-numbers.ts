/** Casts between numbers, and their texts, in Lua; the twins of src/expr/runtime/cast-numbers.ts. NULL is `false`. */

export const CAST_NUMBERS_LUA = {
  rint: `local function rint(x)
  local whole = floor(x)
  local rest = x - whole
  return ((rest > 0.5 or (rest == 0.5 and fmod(whole, 2) ~= 0)) and whole + 1 or whole) + 0
end`,
  within: 'local function within(x, least, most) return x >= least and x <= most and x end',
  f_toInt32: `local function f_toInt32(x)
  return x >= -2147483648 and x < 2147483648 and within(rint(x), -2147483648, 2147483647)
end`,
  f_toInt64: 'local function f_toInt64(x) return x >= -9007199254740992 and x <= 9007199254740992 and rint(x) end',
  fround: "local function fround(x) return (unpack_one('<f', pack('<f', x))) end",
  f_toFloat32: `local function f_toFloat32(x)
  if x - x ~= 0 then return x end
  return x < 3.4028235677973366e38 and x > -3.4028235677973366e38 and fround(x)
end`,
  f_toDecimal: `local function f_toDecimal(x, unit)
  return within(f_round(x * unit) + 0, -9007199254740992, 9007199254740992)
end`,
  f_decimalToInt32: `local function f_decimalToInt32(x, unit)
  return within(f_roundQuotient(x, unit), -2147483648, 2147483647)
end`,
  f_toBool: 'local function f_toBool(x) return x ~= 0 and 1 or 0 end',
  f_boolText: "local function f_boolText(x) return x == 1 and 'true' or 'false' end",
  f_wholeText: "local function f_wholeText(x) return format('%.0f', x) end",
  shortest: `local function shortest(x, digits, same)
  while true do
    local text = format('%.' .. digits - 1 .. 'e', x)
    local above = gsub(text, '[0-8]e', function(digit) return byte(digit) - 47 .. 'e' end)
    local found = (same(tonumber(text)) or digits >= 17) and text or above
    if found ~= above or same(tonumber(above)) then
      local whole, fraction, exponent = match(found, '([0-9])%.?([0-9]*)e([+-][0-9]+)')
      local kept = match(whole .. fraction, '^(.-)0*$')
      return kept == '' and '0' or kept, tonumber(exponent)
    end
    digits = digits + 1
  end
end`,
  written: `local function written(x, digits, exponent)
  local sign = (x < 0 or (x == 0 and 1 / x < 0)) and '-' or ''
  if exponent < -4 or exponent >= 16 then
    local fraction = #digits > 1 and '.' .. sub(digits, 2) or ''
    return sign .. sub(digits, 1, 1) .. fraction .. 'e' .. (exponent < 0 and '-' or '+') .. format('%02d', exponent < 0 and -exponent or exponent)
  end
  if exponent < 0 then return sign .. '0.' .. rep('0', -exponent - 1) .. digits end
  local whole, fraction = sub(digits, 1, exponent + 1), sub(digits, exponent + 2)
  return sign .. whole .. rep('0', exponent + 1 - #whole) .. '.' .. (fraction == '' and '0' or fraction)
end`,
  unusual: `local function unusual(x)
  if x == x and x - x == 0 then return nil end
  return x ~= x and 'nan' or x < 0 and '-inf' or 'inf'
end`,
  f_floatText: `local function f_floatText(x)
  local size = x < 0 and -x or x
  return unusual(x) or written(x, shortest(size, size < 1e-300 and 1 or 15, function(read) return read == size end))
end`,
  f_float32Text: `local function f_float32Text(x)
  local size = x < 0 and -x or x
  return unusual(x) or written(x, shortest(size, size < 1e-37 and 1 or 6, function(read) return fround(read) == size end))
end`,
  f_decimalText: `local function f_decimalText(x, scale)
  local digits = format('%.0f', x < 0 and -x or x)
  digits = rep('0', scale + 1 - #digits) .. digits
  local point = scale == 0 and '' or '.' .. sub(digits, #digits - scale + 1)
  return (x < 0 and '-' or '') .. sub(digits, 1, #digits - scale) .. point
end`,
} as const;

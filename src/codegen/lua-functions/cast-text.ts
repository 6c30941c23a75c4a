/** What text stands for, in Lua; the twins of src/expr/runtime/cast-text.ts. NULL is `false`. */

export const CAST_TEXT_LUA = {
  // Patterns here go over a text once: what stands in a key is anybody's, and one that tries again from each place takes seconds.
  trimmed: String.raw`local function trimmed(text)
  local from, to = find(text, '[^ \t-\r]'), #text
  if not from then return '' end
  while true do
    local last = byte(text, to)
    if last ~= 32 and (last < 9 or last > 13) then break end
    to = to - 1
  end
  return sub(text, from, to)
end`,
  f_textWhole: `local function f_textWhole(text, places)
  text = trimmed(text)
  local sign = match(text, '^[+-]?')
  local at = #sign + 1
  local whole, fraction, exponent = match(text, '^[0-9]*', at), '', ''
  at = at + #whole
  if byte(text, at) == 46 then
    fraction = match(text, '^[0-9]*', at + 1)
    at = at + 1 + #fraction
  end
  if whole == '' and fraction == '' then return false end
  if find(text, '^[eE]', at) then
    exponent = match(text, '^[+-]?[0-9]*', at + 1)
    at = at + 1 + #exponent
    if not find(exponent, '[0-9]') then return false end
  end
  if at <= #text then return false end
  local digits = whole .. fraction
  local point = #whole + (exponent == '' and 0 or tonumber(exponent)) + places
  -- An exponent may be beyond what C counts with.
  local left = point <= 0 and '' or point >= #digits and digits or sub(digits, 1, point)
  local kept = match(left, '^0*(.*)$')
  local missing = kept == '' and 0 or point - #left
  if #kept + missing > 16 then return false end
  local text = (kept == '' and '0' or kept) .. rep('0', missing)
  local value = tonumber(text)
  local digit = point >= 0 and point < #digits and byte(digits, point + 1) or 48
  -- One more than 2^53 reads as 2^53.
  if value == 9007199254740992 and (digit >= 53 or sub(text, -1) ~= '2') then return false end
  if digit >= 53 then value = value + 1 end
  if value > 9007199254740992 then return false end
  return sign == '-' and -value + 0 or value
end`,
  f_textInt32: `local function f_textInt32(text)
  local value = f_textWhole(text, 0)
  return value and value >= -2147483648 and value <= 2147483647 and value
end`,
  f_textFloat: `local function f_textFloat(text)
  local plain = string.lower(trimmed(text))
  local name = match(plain, '^[+-]?(.*)$')
  if name == 'nan' then return 0 / 0 end
  if name == 'inf' or name == 'infinity' then return sub(plain, 1, 1) == '-' and -INF or INF end
  local digits, exponent = match(name, '^([0-9]*%.?[0-9]*)(.*)$')
  if not find(digits, '[0-9]') then return false end
  if exponent ~= '' and not find(exponent, '^e[+-]?[0-9]+$') then return false end
  return tonumber((match(plain, '^%+?(.*)$')))
end`,
  f_textFloat32: 'local function f_textFloat32(text) local x = f_textFloat(text) return x and fround(x) end',
  bool_words: `local bool_words = { ['true'] = 1, t = 1, yes = 1, y = 1, ['1'] = 1, ['false'] = 0, f = 0, no = 0, n = 0, ['0'] = 0 }`,
  f_textBool: 'local function f_textBool(text) return bool_words[string.lower(text)] or false end',
  day_of: `local function day_of(year, month, day)
  local y, m, d = tonumber(year), tonumber(month), tonumber(day)
  if #year > 7 or m < 1 or m > 12 or d < 1 then return false end
  local first = firstOf(y, m)
  if d > firstOf(y, m + 1) - first then return false end
  local days = first + d - 1
  return days >= -100000000 and days <= 100000000 and days
end`,
  of_day: `local function of_day(text)
  if text == '' then return 0 end
  local hour, minute, rest = match(text, '^[ T]([0-9][0-9]?):([0-9][0-9]?)(.-)[Zz]?$')
  if not hour or tonumber(minute) > 59 then return false end
  local second, fraction = 0, ''
  if rest ~= '' then
    second, fraction = match(rest, '^:([0-9][0-9]?)(.*)$')
    if not second or tonumber(second) > 59 then return false end
    if fraction ~= '' then
      fraction = match(fraction, '^%.([0-9]+)$')
      if not fraction then return false end
    end
  end
  local ms = tonumber(sub(fraction .. '000', 1, 3))
  local total = (hour * 60 + minute) * 60000 + second * 1000 + ms
  return total <= 86400000 and total
end`,
  split_date: `local function split_date(text)
  return match(trimmed(text), '^([+-]?[0-9]+)%-([0-9][0-9]?)%-([0-9][0-9]?)(.*)$')
end`,
  f_textTimestamp: `local function f_textTimestamp(text)
  local year, month, day, rest = split_date(text)
  if not year then return false end
  local days, ms = day_of(year, month, day), of_day(rest)
  if not days or not ms then return false end
  local time = days * 86400000 + ms
  return time <= 8640000000000000 and time
end`,
  f_textDate: `local function f_textDate(text)
  local year, month, day, rest = split_date(text)
  return year and of_day(rest) and day_of(year, month, day) or false
end`,
  f_dateText: `local function f_dateText(days)
  local year, month, day = civil(days)
  local era = year > 0 and '' or ' (BC)'
  return format('%04d-%02d-%02d', year > 0 and year or 1 - year, month, day) .. era
end`,
  f_timestampText: `local function f_timestampText(ms)
  local days = floor(ms / 86400000)
  local rest = ms - days * 86400000
  local clock = format(' %02d:%02d:%02d', floor(rest / 3600000), floor(rest / 60000) % 60, floor(rest / 1000) % 60)
  local fraction = rest % 1000
  if fraction > 0 then clock = clock .. '.' .. match(format('%03d', fraction), '^(.-)0*$') end
  return f_dateText(days) .. clock
end`,
} as const;

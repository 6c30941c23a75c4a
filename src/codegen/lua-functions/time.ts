/** Functions of times in Lua, the twins of src/expr/runtime/time.ts. */

export const TIME_LUA = {
  civil: `local function civil(days)
  local z = days + 719468
  local era = floor(z / 146097)
  local e = z - era * 146097
  local yoe = floor((e - floor(e / 1460) + floor(e / 36524) - floor(e / 146096)) / 365)
  local doy = e - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local mp = floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return year, month, doy - floor((153 * mp + 2) / 5) + 1
end`,
  firstOf: `local function firstOf(year, month)
  local m = fmod(year * 12 + month - 1, 12)
  local at = m < 0 and m + 13 or m + 1
  local y = (year * 12 + month - at) / 12 - (at <= 2 and 1 or 0)
  local era = floor(y / 400)
  local yoe = y - era * 400
  local doy = floor((153 * (at > 2 and at - 3 or at + 9) + 2) / 5)
  return era * 146097 + yoe * 365 + floor(yoe / 4) - floor(yoe / 100) + doy - 719468
end`,
  floored: 'local function floored(x, unit) return x - floor(x / unit) * unit end',
  f_timestamp: `local function f_timestamp(ms)
  if not (ms <= 8640000000000000 and ms >= -8640000000000000) then fail('OUT_OF_RANGE', 'timestamp') end
  return ms
end`,
  f_date: `local function f_date(days)
  if not (days <= 100000000 and days >= -100000000) then fail('OUT_OF_RANGE', 'date') end
  return days
end`,
  f_months: `local function f_months(ms)
  local year, month = civil(floor(ms / 86400000))
  return year * 12 + month - 1
end`,
  f_year: 'local function f_year(ms) local year = civil(floor(ms / 86400000)) return year end',
  f_month: 'local function f_month(ms) local _, month = civil(floor(ms / 86400000)) return month end',
  f_day: 'local function f_day(ms) local _, _, day = civil(floor(ms / 86400000)) return day end',
  f_part: 'local function f_part(ms, unit, count) return floored(floor(ms / unit), count) end',
  f_dayOfWeek: 'local function f_dayOfWeek(ms) return floored(floor(ms / 86400000) + 4, 7) end',
  f_dayOf: 'local function f_dayOf(ms) return floor(ms / 86400000) end',
  f_truncate: 'local function f_truncate(ms, unit) return f_timestamp(floor(ms / unit) * unit) end',
  f_truncateWeek: `local function f_truncateWeek(ms)
  local day = floor(ms / 86400000)
  return f_timestamp((day - floored(day + 3, 7)) * 86400000)
end`,
  f_truncateMonths: `local function f_truncateMonths(ms, unit)
  return f_timestamp(firstOf(0, floor(f_months(ms) / unit) * unit + 1) * 86400000)
end`,
  f_difference: 'local function f_difference(from, to, unit) return floor(to / unit) - floor(from / unit) end',
  f_differenceMonths: `local function f_differenceMonths(from, to, unit)
  return floor(f_months(to) / unit) - floor(f_months(from) / unit)
end`,
  f_differenceWeeks: `local function f_differenceWeeks(from, to)
  local days = floor(to / 86400000) - floor(from / 86400000)
  return (days - fmod(days, 7)) / 7 + 0
end`,
  f_addTime: 'local function f_addTime(ms, count, unit) return f_timestamp(ms + count * unit) end',
  f_addMonths: `local function f_addMonths(ms, count, unit)
  local day = floor(ms / 86400000)
  local year, month, dom = civil(day)
  local to = month + f_timestamp(count * unit)
  local first = firstOf(year, to)
  local length = firstOf(year, to + 1) - first
  return f_timestamp((first + (dom < length and dom or length) - 1) * 86400000 + (ms - day * 86400000))
end`,
} as const;

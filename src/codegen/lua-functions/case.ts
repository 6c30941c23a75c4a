/** Case mapping in Lua, by the table of src/expr/runtime/case-table.ts, which travels in the kernels that need it. */

import { TO_LOWER, TO_UPPER } from '../../expr/runtime/case-table.js';

/** A table from characters to characters that fills as they are met; runs are found by binary search. */
const CASE_MAP = `local function case_map(text)
  local first, last, step, move = {}, {}, {}, {}
  for from, way, to, sign, distance in gmatch(text, '(%w+)([-/]?)(%w*)([<>])(%w+)') do
    local i = #first + 1
    first[i] = tonumber(from, 36)
    last[i] = to == '' and first[i] or tonumber(to, 36)
    step[i] = way == '/' and 2 or 1
    move[i] = tonumber(distance, 36) * (sign == '<' and -1 or 1)
  end
  local map = {}
  return setmetatable(map, { __index = function(_, char)
    local point = utf8_point(char)
    local low, high = 1, #first
    while low < high do
      local middle = floor((low + high + 1) / 2)
      if first[middle] <= point then low = middle else high = middle - 1 end
    end
    local mapped = char
    if point >= first[low] and point <= last[low] and (point - first[low]) % step[low] == 0 then
      mapped = utf8_char(point + move[low])
    end
    map[char] = mapped
    return mapped
  end })
end`;

const UTF8_POINT = `local function utf8_point(char)
  local a, b, c, d = byte(char, 1, 4)
  if d then return (a - 240) * 262144 + (b - 128) * 4096 + (c - 128) * 64 + d - 128 end
  if c then return (a - 224) * 4096 + (b - 128) * 64 + c - 128 end
  return (a - 192) * 64 + b - 128
end`;

const UTF8_CHAR = `local function utf8_char(point)
  local low = point % 64
  if point < 128 then return char(point) end
  if point < 2048 then return char(192 + (point - low) / 64, 128 + low) end
  local middle = (point - low) / 64 % 64
  local high = ((point - low) / 64 - middle) / 64
  if point < 65536 then return char(224 + high, 128 + middle, 128 + low) end
  return char(240 + floor(high / 64), 128 + high % 64, 128 + middle, 128 + low)
end`;

const caseFunction = (name: 'lower' | 'upper', table: string): string =>
  `local to_${name} = case_map('${table}')
local ascii_${name} = string.${name}
local function f_${name}(text)
  text = gsub(text, '[A-Za-z]+', ascii_${name})
  if not find(text, '[\\194-\\244]') then return text end
  return (gsub(text, '[\\194-\\244][\\128-\\191]+', to_${name}))
end`;

export const CASE_LUA = {
  utf8_point: UTF8_POINT,
  utf8_char: UTF8_CHAR,
  case_map: CASE_MAP,
  f_lower: caseFunction('lower', TO_LOWER),
  f_upper: caseFunction('upper', TO_UPPER),
} as const;

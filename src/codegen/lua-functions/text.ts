/** Functions of strings in Lua, the twins of src/expr/runtime/text.ts. */

export const TEXT_LUA = {
  f_length: String.raw`local function f_length(text)
  local _, count = gsub(text, '[^\128-\191]', '')
  return count
end`,
  next_char: `local function next_char(text, at)
  local last = at + 1
  local b = byte(text, last)
  while b and b >= 128 and b < 192 do
    last = last + 1
    b = byte(text, last)
  end
  return last
end`,
  characters: String.raw`local function characters(text, from, to)
  if from < 0 then from = 0 end
  if to <= from then return '' end
  if not find(text, '[\128-\255]') then return sub(text, from + 1, to) end
  local at, index, start = 1, 0, #text + 1
  while at <= #text and index < to do
    if index == from then start = at end
    at = next_char(text, at)
    index = index + 1
  end
  return sub(text, start, at - 1)
end`,
  f_like: `local function f_like(text, pattern)
  local t, p, star, retry = 1, 1, 0, 0
  while t <= #text do
    local c = byte(pattern, p)
    if c == 37 then
      star, retry, p = p, t, p + 1
    elseif c == 95 then
      p, t = p + 1, next_char(text, t)
    elseif c and c == byte(text, t) then
      p, t = p + 1, t + 1
    elseif star > 0 then
      retry = next_char(text, retry)
      t, p = retry, star + 1
    else
      return false
    end
  end
  while byte(pattern, p) == 37 do p = p + 1 end
  return p == #pattern + 1
end`,
  wide_spaces: String.raw`local wide_spaces = { ['\225\154\128'] = true, ['\226\128\175'] = true, ['\226\129\159'] = true, ['\227\128\128'] = true }
for i = 128, 138 do wide_spaces['\226\128' .. char(i)] = true end`,
  f_trimStart: String.raw`local function f_trimStart(text)
  local at = 1
  while true do
    if byte(text, at) == 32 then at = at + 1
    elseif sub(text, at, at + 1) == '\194\160' then at = at + 2
    elseif wide_spaces[sub(text, at, at + 2)] then at = at + 3
    else return sub(text, at) end
  end
end`,
  f_trimEnd: String.raw`local function f_trimEnd(text)
  local last = #text
  while true do
    if byte(text, last) == 32 then last = last - 1
    elseif last >= 2 and sub(text, last - 1, last) == '\194\160' then last = last - 2
    elseif last >= 3 and wide_spaces[sub(text, last - 2, last)] then last = last - 3
    else return sub(text, 1, last) end
  end
end`,
  f_trim: 'local function f_trim(text) return f_trimEnd(f_trimStart(text)) end',
  f_substring: `local function f_substring(text, start, length)
  local from = start < 0 and f_length(text) + start or start - 1
  if length < 0 then return characters(text, from + length, from) end
  return characters(text, from, from + length)
end`,
  f_splitPart: `local function f_splitPart(text, delimiter, n)
  if delimiter == '' then
    local at = n < 0 and f_length(text) + n or n - 1
    return characters(text, at, at + 1)
  end
  local at = 1
  if n < 0 then
    n = n + 2
    while true do
      local _, last = find(text, delimiter, at, true)
      if not last then break end
      at, n = last + 1, n + 1
    end
    at = 1
  end
  if n < 1 then return '' end
  while n > 1 do
    local _, last = find(text, delimiter, at, true)
    if not last then return '' end
    at, n = last + 1, n - 1
  end
  local first = find(text, delimiter, at, true)
  return sub(text, at, first and first - 1 or #text)
end`,
  f_startsWith: 'local function f_startsWith(text, part) return sub(text, 1, #part) == part end',
  f_endsWith:
    "local function f_endsWith(text, part) return part == '' or #text >= #part and sub(text, -#part) == part end",
  f_contains: 'local function f_contains(text, part) return find(text, part, 1, true) ~= nil end',
  f_append: 'local function f_append(a, b) return a .. b end',
  f_replace: `local function f_replace(text, from, to)
  if from == '' then return text end
  local out, at = {}, 1
  while true do
    local i, j = find(text, from, at, true)
    if not i then break end
    out[#out + 1] = sub(text, at, i - 1)
    out[#out + 1] = to
    at = j + 1
  end
  out[#out + 1] = sub(text, at)
  return concat(out)
end`,
} as const;

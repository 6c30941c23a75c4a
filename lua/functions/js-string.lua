-- What becomes text, and the methods of strings.

local errors = require('shardfold.js-error')
local number = require('shardfold.number')

local floor, ceil, huge = math.floor, math.ceil, math.huge
local find, gsub, rep, sub = string.find, string.gsub, string.rep, string.sub

local M = {}

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

---`text.repeat(n)`
---@param text string
---@param count number
---@return string
function M.rep(text, count)
  count = count == count and (count > 0 and floor(count) or ceil(count)) or 0
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

-- Between UTF-16 units in JavaScript, between bytes here.
local function not_empty(part)
  if part == '' then
    errors.raise('the string to look for is empty', 2, 'RangeError')
  end
end

local function split(text, separator)
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
---@param separator string
---@return string[]
function M.split(text, separator)
  not_empty(separator)
  return split(text, separator)
end

-- What `$$`, `$&`, "$`" and "$'" stand for.
local function expand(by, text, first, last)
  if not find(by, '$', 1, true) then
    return by
  end
  local means = {
    ['$'] = '$',
    ['&'] = sub(text, first, last),
    ['`'] = sub(text, 1, first - 1),
    ["'"] = sub(text, last + 1),
  }
  return (gsub(by, "%$([$&`'])", means))
end

---@param text string
---@param part string
---@param by string
---@return string
function M.replace_all(text, part, by)
  not_empty(part)
  if not find(by, '$', 1, true) then
    return table.concat(split(text, part), by)
  end
  local out, count, from = {}, 0, 1
  while true do
    local first, last = find(text, part, from, true)
    if not first then
      out[count + 1] = sub(text, from)
      return table.concat(out)
    end
    out[count + 1] = sub(text, from, first - 1)
    out[count + 2] = expand(by, text, first, last)
    count, from = count + 2, last + 1
  end
end

---@param text string
---@param part string
---@param by string
---@return string
function M.replace(text, part, by)
  local first, last = find(text, part, 1, true)
  if not first then
    return text
  end
  return sub(text, 1, first - 1) .. expand(by, text, first, last) .. sub(text, last + 1)
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

return M

-- Arrays as JavaScript's methods treat them: positions from 0. Elements are never nil, so that # is
-- the length; `false` is an element as any other.

local errors = require('shardfold.js-error')
local js = require('shardfold.js')
local numbers = require('shardfold.js-number')
local strings = require('shardfold.js-string')

local floor = math.floor
local select, unpack = select, unpack

local M = {}

---A position to assign to: one that is there, or the next one. Anywhere else it would leave a hole.
---@param array any[]
---@param index number From 1.
---@return number index
function M.slot(array, index)
  if array[index] == nil and index ~= #array + 1 then
    local what = 'no element ' .. strings.text(index - 1) .. ' in an array of ' .. #array
    errors.raise(what .. ': assigning it would leave a hole', 1, 'RangeError')
  end
  return index
end

-- A relative position, as `slice` takes it, within 0 and the length.
local function position(at, length, default)
  if at == nil then
    return default
  elseif at ~= at then
    return 0
  end
  at = numbers.trunc(at)
  if at < 0 then
    at = at + length
    return at < 0 and 0 or at
  end
  return at > length and length or at
end
M.position = position

-- What can be iterated: arrays, and what has a step (Map, Set and their iterators).
---For `for _, value in iterate(x)`.
function M.iterate(iterable)
  local iterator = iterable.____iterate
  if iterator then
    local step = iterator(iterable)
    return function()
      return step()
    end
  end
  return ipairs(iterable)
end

---A new array of what can be iterated.
function M.list(iterable)
  local out, count = {}, 0
  for _, value in M.iterate(iterable) do
    count = count + 1
    out[count] = value
  end
  return out
end

---`...x`
function M.spread(iterable)
  return js.spread(iterable.____iterate and M.list(iterable) or iterable, 2)
end

---Arguments that were put together from several lists, some of them nil.
function M.spread_sparse(list)
  return unpack(list, 1, list.sparseLength)
end

---One array of the elements of all of them.
function M.concat(...)
  local out, count = {}, 0
  for i = 1, select('#', ...) do
    for _, value in M.iterate((select(i, ...))) do
      count = count + 1
      out[count] = value
    end
  end
  return out
end

function M.at(array, index)
  index = index == index and numbers.trunc(index) or 0
  return array[(index < 0 and #array + index or index) + 1]
end

function M.push(array, ...)
  local length = #array
  for i = 1, select('#', ...) do
    array[length + i] = (select(i, ...))
  end
  return length + select('#', ...)
end

function M.push_array(array, values)
  local length, count = #array, #values
  for i = 1, count do
    array[length + i] = values[i]
  end
  return length + count
end

function M.unshift(array, ...)
  local count = select('#', ...)
  for i = #array, 1, -1 do
    array[i + count] = array[i]
  end
  for i = 1, count do
    array[i] = (select(i, ...))
  end
  return #array
end

function M.slice(array, first, last)
  local length = #array
  local from, to = position(first, length, 0), position(last, length, length)
  local out = {}
  for i = from + 1, to do
    out[i - from] = array[i]
  end
  return out
end

function M.splice(array, ...)
  local given, length = select('#', ...), #array
  local start, count = ...
  local from = position(start, length, 0)
  if given < 2 then
    count = given == 0 and 0 or length - from
  else
    count = (count and count == count and count > 0)
        and math.min(numbers.trunc(count), length - from)
      or 0
  end
  local removed = M.slice(array, from, from + count)
  local tail = M.slice(array, from + count)
  for i = length, from + 1, -1 do
    array[i] = nil
  end
  for i = 3, given do
    array[from + i - 2] = (select(i, ...))
  end
  M.push_array(array, tail)
  return removed
end

function M.to_spliced(array, ...)
  local copy = M.slice(array)
  M.splice(copy, ...)
  return copy
end

function M.with(array, index, value)
  local at = index == index and numbers.trunc(index) or 0
  at = at < 0 and #array + at or at
  if at < 0 or at >= #array then
    errors.raise('Invalid index : ' .. strings.text(index), 1, 'RangeError')
  end
  local copy = M.slice(array)
  copy[at + 1] = value
  return copy
end

function M.fill(array, value, first, last)
  local length = #array
  for i = position(first, length, 0) + 1, position(last, length, length) do
    array[i] = value
  end
  return array
end

function M.reverse(array)
  local last = #array
  for i = 1, floor(last / 2) do
    array[i], array[last + 1 - i] = array[last + 1 - i], array[i]
  end
  return array
end

function M.to_reversed(array)
  return M.reverse(M.slice(array))
end

function M.index_of(array, value, first)
  for i = position(first, #array, 0) + 1, #array do
    if array[i] == value then
      return i - 1
    end
  end
  return -1
end

function M.last_index_of(array, value)
  for i = #array, 1, -1 do
    if array[i] == value then
      return i - 1
    end
  end
  return -1
end

---Finds NaN, which `index_of` does not.
function M.includes(array, value, first)
  for i = position(first, #array, 0) + 1, #array do
    if array[i] == value or (value ~= value and array[i] ~= array[i]) then
      return true
    end
  end
  return false
end

function M.entries(array)
  local index = 0
  return {
    ____iterate = function()
      return function()
        index = index + 1
        local value = array[index]
        if value ~= nil then
          return true, { index - 1, value }
        end
      end
    end,
  }
end

return M

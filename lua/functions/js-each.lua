-- The methods of arrays that take a function, `sort` among them, and `Array.from`.

local array = require('shardfold.js-array')
local errors = require('shardfold.js-error')

local M = {}

function M.for_each(list, call)
  for i = 1, #list do
    if list[i] ~= nil then -- the function may shorten the list
      call(nil, list[i], i - 1, list)
    end
  end
end

function M.map(list, call)
  local out = {}
  for i = 1, #list do
    out[i] = call(nil, list[i], i - 1, list)
  end
  return out
end

function M.filter(list, call)
  local out, count = {}, 0
  for i = 1, #list do
    local value = list[i]
    if call(nil, value, i - 1, list) then
      count = count + 1
      out[count] = value
    end
  end
  return out
end

function M.find_index(list, call)
  for i = 1, #list do
    if call(nil, list[i], i - 1, list) then
      return i - 1
    end
  end
  return -1
end

function M.find(list, call)
  return list[M.find_index(list, call) + 1]
end

function M.some(list, call)
  return M.find_index(list, call) >= 0
end

function M.every(list, call)
  for i = 1, #list do
    if not call(nil, list[i], i - 1, list) then
      return false
    end
  end
  return true
end

-- An initial value that is given may be undefined, so they are counted.
local function reduce(list, call, from, to, step, ...)
  local result
  if select('#', ...) > 0 then
    result = ...
  else
    if #list == 0 then
      errors.raise('Reduce of empty array with no initial value', 2, 'TypeError')
    end
    result = list[from]
    from = from + step
  end
  for i = from, to, step do
    result = call(nil, result, list[i], i - 1, list)
  end
  return result
end

function M.reduce(list, call, ...)
  local result = reduce(list, call, 1, #list, 1, ...)
  return result
end

function M.reduce_right(list, call, ...)
  local result = reduce(list, call, #list, 1, -1, ...)
  return result
end

function M.flat(lists)
  local out = {}
  for i = 1, #lists do
    array.push_array(out, lists[i])
  end
  return out
end

function M.flat_map(list, call)
  return M.flat(M.map(list, call))
end

function M.from(iterable, call)
  local list = array.list(iterable)
  return call and M.map(list, call) or list
end

-- table.sort is not stable, and fails where a comparison contradicts itself. This is a merge sort
-- from the bottom: runs of 1, 2, 4, … between two tables.
local function merge(from, to, left, middle, right, compare)
  local a, b = left, middle
  for i = left, right - 1 do
    local order = a >= middle and 1 or b >= right and -1 or compare(nil, from[a], from[b])
    if order > 0 then
      to[i] = from[b]
      b = b + 1
    else -- NaN is 0
      to[i] = from[a]
      a = a + 1
    end
  end
end

function M.sort(list, compare)
  local length, width = #list, 1
  local from, to = array.slice(list), {}
  while width < length do
    for left = 1, length, 2 * width do
      merge(
        from,
        to,
        left,
        math.min(left + width, length + 1),
        math.min(left + 2 * width, length + 1),
        compare
      )
    end
    from, to = to, from
    width = width * 2
  end
  for i = 1, length do
    list[i] = from[i]
  end
  return list
end

function M.to_sorted(list, compare)
  return M.sort(array.slice(list), compare)
end

return M

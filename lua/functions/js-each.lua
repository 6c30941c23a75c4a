-- The methods of arrays that take a function, `sort` among them, and `Array.from`.

local array = require('shardfold.js-array')
local errors = require('shardfold.js-error')

local M = {}

-- The functions may shorten the list: positions that are gone are skipped, but by `find`. Those
-- that are added are not looked at.

function M.for_each(list, call)
  for i = 1, #list do
    if list[i] ~= nil then
      call(nil, list[i], i - 1, list)
    end
  end
end

function M.map(list, call)
  local out = {}
  for i = 1, #list do
    if list[i] == nil then
      local message = 'the array became shorter while it was mapped, which would leave holes'
      errors.raise(message, 1, 'TypeError')
    end
    out[i] = call(nil, list[i], i - 1, list)
  end
  return out
end

function M.filter(list, call)
  local out, count = {}, 0
  for i = 1, #list do
    local value = list[i]
    if value ~= nil and call(nil, value, i - 1, list) then
      count = count + 1
      out[count] = value
    end
  end
  return out
end

-- The first element that fits, from one position to another, and where it is.
local function search(list, call, from, to, step)
  for i = from, to, step do
    local value = list[i]
    if call(nil, value, i - 1, list) then
      return value, i - 1
    end
  end
  return nil, -1
end

function M.find(list, call)
  return (search(list, call, 1, #list, 1))
end

function M.find_index(list, call)
  return (select(2, search(list, call, 1, #list, 1)))
end

function M.find_last(list, call)
  return (search(list, call, #list, 1, -1))
end

function M.find_last_index(list, call)
  return (select(2, search(list, call, #list, 1, -1)))
end

function M.some(list, call)
  for i = 1, #list do
    if list[i] ~= nil and call(nil, list[i], i - 1, list) then
      return true
    end
  end
  return false
end

function M.every(list, call)
  for i = 1, #list do
    if list[i] ~= nil and not call(nil, list[i], i - 1, list) then
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
    if list[i] ~= nil then
      result = call(nil, result, list[i], i - 1, list)
    end
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
  local out = {}
  M.for_each(list, function(_, value, index)
    array.push_array(out, call(nil, value, index, list))
  end)
  return out
end

---`Array.from` of what can be iterated, and of `{ length: n }`.
function M.from(source, call)
  local out, count = {}, 0
  if type(source.length) == 'number' and not source.____iterate then
    for i = 1, source.length do
      out[i] = call(nil, nil, i - 1)
    end
    return out
  end
  for _, value in array.iterate(source) do
    count = count + 1
    if call then
      out[count] = call(nil, value, count - 1)
    else
      out[count] = value
    end
  end
  return out
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

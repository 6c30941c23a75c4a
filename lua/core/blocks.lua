-- Sums over rows: plain within a block of rows, compensated (TwoSum, Knuth 1969) from block to
-- block. Several sums at once, as flat lists.

local BLOCK = 128

---@param rows number
---@param sum fun(first: number, count: number): number[] the plain sums of a block of rows
---@return number[] sums
---@return number[]? errors where there is more than one block
return function(rows, sum)
  local sums = sum(0, math.min(BLOCK, rows))
  if rows <= BLOCK then
    return sums
  end
  local errors = {}
  for i = 1, #sums do
    errors[i] = 0
  end
  for first = BLOCK, rows - 1, BLOCK do
    local block = sum(first, math.min(BLOCK, rows - first))
    for i = 1, #sums do
      local s, v = sums[i], block[i]
      local t = s + v
      local z = t - s
      errors[i] = errors[i] + ((s - (t - z)) + (v - z))
      sums[i] = t
    end
  end
  return sums, errors
end

-- The merge tree of src/engine/tree.ts over the units of a slice, for compensated sums (a sum and
-- its error): two nodes of equal height merge as soon as both are there, what is left over at the
-- end merges from the right. Units beyond the end of the slice are identities.

local tree = {}

-- TwoSum (Knuth 1969) is written out here and in core.sum: a call would cost more than it does.

---@param units number
---@param leaf fun(unit: number): number, number the compensated sum of unit 1, 2, …
---@return number, number
function tree.fold(units, leaf)
  local sums, errors, depth = {}, {}, 0
  local function merge()
    depth = depth - 1
    local s, v = sums[depth], sums[depth + 1]
    local t = s + v
    local z = t - s
    errors[depth] = (errors[depth] + errors[depth + 1]) + ((s - (t - z)) + (v - z))
    sums[depth] = t
  end
  for unit = 1, units do
    depth = depth + 1
    sums[depth], errors[depth] = leaf(unit)
    local height = unit
    while height % 2 == 0 do
      merge()
      height = height / 2
    end
  end
  while depth > 1 do
    merge()
  end
  return sums[1], errors[1]
end

return tree

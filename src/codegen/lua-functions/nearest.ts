/** The nearest of some centres, the twin of src/expr/runtime/nearest.ts. */

export const NEAREST_LUA = {
  f_nearest: `local f_nearest
do
local lists = {}
function f_nearest(packed, ...)
  local list = lists[packed]
  if not list then
    list = {}
    for p = 1, #packed, 8 do list[(p + 7) / 8] = unpack_one('<d', packed, p) end
    lists[packed] = list
  end
  local row = { ... }
  local width, best, least, d, t = #row, 0, INF
  for o = 0, #list - 1, width do
    d = 0
    for i = 1, width do
      t = row[i] - list[o + i]
      d = d + t * t
    end
    if d < least then best, least = o / width, d end
  end
  if d ~= d then return -1 end
  return best
end
end`,
};

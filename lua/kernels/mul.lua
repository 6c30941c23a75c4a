-- x · y, value by value, over a slice, written into a key of the same slot. Run again it leaves
-- what it left.
--
-- KEYS, ARGV  as in linalg.slice: operands x and y, one number that is not used; the last key is
--             written
-- Partial     least and greatest value (doubles), flags: 1 NaN, 2 zero, 4 negative zero
-- Errors      CLUSTER_DOWN (parts written before are gone)
-- O(rows), about 140 ns a row; one rounding a value
local map = require('core.map')
local slice = require('linalg.slice')

return function(keys, args)
  local job = slice.open(keys, args)
  local bytes, extremes = map('a# * b#', job)
  slice.write(keys[#keys], job, bytes)
  return slice.reply(job, slice.pack_extremes(extremes))
end

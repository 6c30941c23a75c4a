-- a + b, a - b, a * b or a / b over a slice, b being another vector or one number, written into a
-- key of the same slot. Run again it leaves what it left.
--
-- KEYS, ARGV  as in linalg.slice: operand a, then b unless it is a number; the constants: b where
--             it is one, bytes of a written value (8 or 4), which of the four (1 to 4); the last
--             key is written
-- Partial     least and greatest value (doubles), flags: 1 NaN, 2 zero, 4 negative zero
-- Errors      CLUSTER_DOWN (parts written before are gone)
-- O(rows), about 140 ns a row; one rounding a value
local map = require('core.map')
local slice = require('linalg.slice')

local TERMS = { 'a# + ', 'a# - ', 'a# * ', 'a# / ' }

return function(keys, args)
  local job = slice.open(keys, args)
  local bytes, extremes = map(TERMS[job.l] .. (job[2] and 'b#' or 'k'), job)
  slice.write(keys[#keys], job, bytes)
  return slice.reply(job, slice.pack_extremes(extremes))
end

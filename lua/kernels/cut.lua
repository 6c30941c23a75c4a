-- The values of a slice as they are, written as float64 into a key of the same slot that begins
-- with a later row than the chunk. Run again it leaves what it left.
--
-- KEYS, ARGV  as in linalg.slice: one operand, one number: the row of the chunk with which the
--             written key begins; the last key is written
-- Partial     least and greatest value (doubles), flags: 1 NaN, 2 zero, 4 negative zero
-- Errors      CLUSTER_DOWN (parts written before are gone)
-- O(rows), about 110 ns a row, for the zone map is told from the values
local map = require('core.map')
local slice = require('linalg.slice')

return function(keys, args)
  local job = slice.open(keys, args)
  local bytes, extremes = map('a#', job)
  job.first = job.first - job.k
  slice.write(keys[#keys], job, bytes)
  return slice.reply(job, slice.pack_extremes(extremes))
end

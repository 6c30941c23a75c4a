-- The sum of squares of a vector's slice, each value scaled by a power of two first, so that
-- squares neither overflow nor vanish.
--
-- KEYS, ARGV  as in linalg.slice: one operand, and one number: the scale
-- Partial     sum of squares, compensation (doubles)
-- O(rows), about 27 ns a row of float64; numeric caveat: squares are rounded, so that their sum is
-- off by at most 2^-53 of itself beside the error of core.sum
local slice = require('linalg.slice')
local sum = require('core.sum')

return function(keys, args)
  local job = slice.open(keys, args)
  local before = job.k ~= 1 and 'a# = a# * k' or nil
  return slice.reply(job, struct.pack('<dd', sum('a# * a#', job, before)))
end

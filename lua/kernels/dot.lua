-- The sum of products of two vectors' slices.
--
-- KEYS, ARGV  as in linalg.slice: two operands of the same rows
-- Partial     sum, compensation (doubles)
-- O(rows), about 47 ns a pair of float64; numeric caveat: products are rounded (Lua has no fused
-- multiply-add), so that the sum is off by up to 2^-53 · Σ|a · b| beside the error of core.sum
local slice = require('linalg.slice')
local sum = require('core.sum')

return function(keys, args)
  local job = slice.open(keys, args)
  return slice.reply(job, struct.pack('<dd', sum('a# * b#', job)))
end

-- The sum of products of two vectors' slices.
--
-- KEYS, ARGV  as in linalg.slice: two operands of the same rows; at most one number: a power of two
--             by which each side is multiplied, where products would overflow or vanish
-- Partial     sum, compensation (doubles)
-- O(rows), about 47 ns a pair of float64; numeric caveat: products are rounded (Lua has no fused
-- multiply-add), so that the sum is off by up to 2^-53 · Σ|a · b| beside the error of core.sum
local slice = require('linalg.slice')
local sum = require('core.sum')

return function(keys, args)
  local job = slice.open(keys, args)
  local term = job.k and '(a# * k) * (b# * k)' or 'a# * b#'
  return slice.reply(job, struct.pack('<dd', sum(term, job)))
end

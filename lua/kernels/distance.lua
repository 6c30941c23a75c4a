-- How far a slice of one vector is from that of another: the sum of |a - b|, or of its squares, or
-- the greatest of it.
--
-- KEYS, ARGV  as in linalg.slice: two operands of the same rows; the constants: a scale by which
--             differences are multiplied before they are squared, and 1 (sum), 2 (squares) or 0
-- Partial     sum, compensation (doubles); the greatest and 0
-- O(rows), about 55 ns a pair of float64; numeric caveat: differences and squares are rounded, so
-- that a sum is off by up to 2^-52 of itself beside the error of core.sum
local most = require('core.most')
local slice = require('linalg.slice')
local sum = require('core.sum')

local MAGNITUDE = 'a# = a# - b# if a# < 0 then a# = -a# end'

return function(keys, args)
  local job = slice.open(keys, args)
  local total, compensation
  if job.l == 2 then
    total, compensation = sum('a# * a#', job, 'a# = (a# - b#) * k')
  elseif job.l == 1 then
    total, compensation = sum('a#', job, MAGNITUDE)
  else
    total, compensation = most(MAGNITUDE, job), 0
  end
  return slice.reply(job, struct.pack('<dd', total, compensation))
end

-- The rows of a slice, or a run of their columns, times small matrices that are sent along.
--
-- KEYS, ARGV  as in linalg.matrix; own numbers: first column and columns; ARGV[3]: what is
--             subtracted from every row first, or ''; ARGV[4]…: the matrices as core.product wants
--             them, the first to be multiplied first
-- Partial     the product, row by row
-- O(rows · columns · columns of the right side), about 9 ns a product; numeric caveat: products are
-- rounded, and summed plainly in the order of the columns
local factors = require('linalg.factors')
local matrix = require('linalg.matrix')
local product = require('core.product')

return function(keys, args)
  local job = matrix.open(keys, args)
  local window = matrix.window(job, job.numbers[1], job.numbers[2])
  local rows = factors.shifted(window, args[3])
  local last = #args
  rows = factors.apply(rows, { unpack(args, 4, last - 1) })
  return matrix.reply(job, (product(rows, args[last])))
end

-- The rows of a slice, or a run of their columns, times a vector that is sent along.
--
-- KEYS, ARGV  as in linalg.matrix; own numbers: first column and columns; ARGV[3]: the vector's
--             values for these columns, as doubles
-- Partial     a double a row
-- O(rows · columns), about 25 ns a value of float64; numeric caveat: products are rounded, and
-- summed as core.rowsum does
local matrix = require('linalg.matrix')
local rowsum = require('core.rowsum')

return function(keys, args)
  local job = matrix.open(keys, args)
  local window = matrix.window(job, job.numbers[1], job.numbers[2])
  local sums = rowsum(window, matrix.doubles(args[3]), 'a# * v#')
  return matrix.reply(job, matrix.pack(sums))
end

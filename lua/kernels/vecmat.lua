-- A vector that is sent along times the rows of a slice, or a run of their columns.
--
-- KEYS, ARGV  as in linalg.matrix; own numbers: first column and columns; ARGV[3]: the vector's
--             values for these rows, as doubles
-- Partial     a double a column; where there is more than one block of 128 rows, their
--             compensations and one byte behind
-- O(rows · columns), about 25 ns a value of float64; numeric caveat: products are rounded, and
-- summed plainly within a block
local blocks = require('core.blocks')
local colsum = require('core.colsum')
local matrix = require('linalg.matrix')

return function(keys, args)
  local job = matrix.open(keys, args)
  local window = matrix.window(job, job.numbers[1], job.numbers[2])
  local vector = matrix.doubles(args[3])
  local sums, errors = blocks(job.rows, function(first, count)
    return colsum(window, vector, first, count)
  end)
  return matrix.reply(job, matrix.pack_sums(sums, errors))
end

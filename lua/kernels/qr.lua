-- The R factor of the rows of a slice: a leaf of TSQR (Demmel, Grigori, Hoemmen & Langou 2012).
--
-- KEYS, ARGV  as in linalg.matrix; ARGV[3]: what is subtracted from every row first, or '';
--             ARGV[4]: a last column's values for these rows, as doubles, or ''; ARGV[5]…: matrices
--             that the rows are multiplied by first, as in kernels.matmul
-- Partial     R row by row, each from its diagonal on
-- O(rows · columns²), about 12 ns a multiply-add
local factors = require('linalg.factors')
local householder = require('core.householder')
local matrix = require('linalg.matrix')

return function(keys, args)
  local job = matrix.open(keys, args)
  local rows = factors.shifted(matrix.window(job), args[3])
  rows = factors.apply(rows, { unpack(args, 5) })
  local columns = {}
  for j = 1, #rows[1] do
    local column = {}
    for i = 1, #rows do
      column[i] = rows[i][j]
    end
    columns[j] = column
  end
  if args[4] ~= '' then
    columns[#columns + 1] = matrix.doubles(args[4])
  end
  return matrix.reply(job, matrix.pack(householder(columns, #rows)))
end

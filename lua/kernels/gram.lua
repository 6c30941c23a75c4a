-- XᵀX of the rows of a slice, or of two runs of their columns.
--
-- KEYS, ARGV  as in linalg.matrix; own numbers: first column and columns, and those of a second run
--             where its products with the first are wanted (the first has a multiple of 16 then)
-- Partial     the sums tile by tile as core.gram lists them; where there is more than one block of
--             128 rows, their compensations and one byte behind
-- O(rows · columns²), about 8 ns a product; numeric caveat: products are rounded, and summed
-- plainly within a block
local blocks = require('core.blocks')
local gram = require('core.gram')
local matrix = require('linalg.matrix')

return function(keys, args)
  local job = matrix.open(keys, args)
  local from, width, from2, width2 = unpack(job.numbers)
  local left = matrix.window(job, from, width)
  local right = width2 and matrix.window(job, from2, width2)
  local sums, errors = blocks(job.rows, function(first, count)
    return gram(left, right, first, count)
  end)
  return matrix.reply(job, matrix.pack_sums(sums, errors))
end

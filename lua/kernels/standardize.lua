-- (x - mean) / deviation over a slice of a matrix, by its columns, written into a key of the same
-- slot. Run again it leaves what it left.
--
-- KEYS, ARGV  as in linalg.slice: one operand; its numbers: how many columns follow, then for each
--             column from that of the first value on its mean and its deviation. They repeat. The
--             last key is written
-- Partial     least and greatest value (doubles), flags: 1 NaN, 2 zero, 4 negative zero
-- Errors      CLUSTER_DOWN (parts written before are gone)
-- O(values), about 220 ns a value; two roundings a value
local map = require('core.map')
local matrix = require('linalg.matrix')
local slice = require('linalg.slice')

local HEAD = 4 * 8

return function(keys, args)
  local job = slice.open(keys, args)
  local count, pairs_of = job.k, matrix.doubles(args[1]:sub(HEAD + 1))
  local means, deviations = {}, {}
  for i = 1, job.rows do
    if i <= count then
      means[i], deviations[i] = pairs_of[2 * i - 1], pairs_of[2 * i]
    else
      means[i], deviations[i] = means[i - count], deviations[i - count]
    end
  end
  job.k = { means = means, deviations = deviations }
  local bytes, extremes = map('(a# - k.means[r + #]) / k.deviations[r + #]', job)
  slice.write(keys[#keys], job, bytes)
  return slice.reply(job, slice.pack_extremes(extremes))
end

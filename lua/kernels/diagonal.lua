-- The values on the diagonal of a matrix, in a run of its rows.
--
-- KEYS, ARGV  as in linalg.matrix; numbers: the column (from 0) of the first row's, and
--             one that is not used
-- Partial     a double a row
-- O(rows), about 1 µs a row
local decode = require('core.decode')
local matrix = require('linalg.matrix')

return function(keys, args)
  local job = matrix.open(keys, args)
  local column, size, out = job.numbers[1], decode.width(job.encoding), {}
  for i = 1, job.rows do
    local at = ((job.first + i - 1) * job.cols + column + i - 1) * size
    local bytes = redis.call('GETRANGE', job.key, at, at + size - 1)
    local window = { bytes = bytes, encoding = job.encoding, base = job.base, step = job.step }
    out[i] = decode.table(window, 0, 1)[1]
  end
  return matrix.reply(job, matrix.pack(out))
end

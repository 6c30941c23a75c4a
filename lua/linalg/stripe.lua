-- Some columns of a run of a matrix's rows, as they are packed.
--
-- KEYS, ARGV  as in linalg.matrix; numbers: the first column (from 0), columns
-- Partial     the values, row by row
-- O(rows), about 0.5 µs a row, and the bytes
local decode = require('core.decode')
local matrix = require('linalg.matrix')

return function(keys, args)
  local job = matrix.open(keys, args)
  local first, width = unpack(job.numbers)
  local size, parts = decode.width(job.encoding), {}
  for i = 1, job.rows do
    local at = ((job.first + i - 1) * job.cols + first) * size
    parts[i] = redis.call('GETRANGE', job.key, at, at + width * size - 1)
  end
  return matrix.reply(job, table.concat(parts))
end

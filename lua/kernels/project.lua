-- The rows of a slice times small matrices that are sent along, written into a key of the same
-- slot. Run again it leaves what it left.
--
-- KEYS, ARGV  as in linalg.matrix; own numbers: bytes of a written value, 8 or 4, and rows of the
--             matrix before the chunk; ARGV[3]: what is subtracted from every row first, or '';
--             ARGV[4]…: the matrices as core.product wants them, the first to be multiplied first.
--             KEYS[2] is written: the product's rows, as many as the chunk has
-- Partial     least and greatest value (doubles), flags: 1 NaN, 2 zero, 4 negative zero; where a
--             finite one is beyond float32, and that is written: row, column and value of the first
-- Errors      CLUSTER_DOWN (parts written before are gone)
-- O(rows · columns · columns of the right sides), about 9 ns a product and 150 ns a written value;
-- numeric caveat: products are rounded, and summed plainly in the order of the columns
local factors = require('linalg.factors')
local map = require('core.map')
local matrix = require('linalg.matrix')
local product = require('core.product')
local slice = require('linalg.slice')

-- The least number that rounds to an infinity.
local BEYOND = (2 - 2 ^ -24) * 2 ^ 127

---Where a finite value becomes infinite: its row and column (from 0) and the value, packed; or ''.
---@param bytes string doubles
---@param columns number
---@param before number rows before the first one
---@return string
local function find_beyond(bytes, columns, before)
  for at, value in ipairs(matrix.doubles(bytes)) do
    local size = math.abs(value)
    if size >= BEYOND and size < math.huge then
      local row = math.floor((at - 1) / columns)
      return struct.pack('<ddd', before + row, at - 1 - row * columns, value)
    end
  end
  return ''
end

return function(keys, args)
  local job = matrix.open(keys, args)
  local size, rows_before = unpack(job.numbers)
  local rows = factors.shifted(matrix.window(job), args[3])
  local last = #args
  rows = factors.apply(rows, { unpack(args, 4, last - 1) })
  local made, columns = product(rows, args[last])
  -- From here on the product is a slice of values.
  local values = { { bytes = made, encoding = 'f64' } }
  values.first, values.rows, values.size = job.first * columns, job.rows * columns, size
  local bytes, extremes = map('a#', values)
  slice.write(keys[2], values, bytes)
  local beyond = ''
  if size == 4 and (extremes.max >= BEYOND or extremes.min <= -BEYOND) then
    beyond = find_beyond(made, columns, rows_before + job.first)
  end
  return matrix.reply(job, slice.pack_extremes(extremes) .. beyond)
end

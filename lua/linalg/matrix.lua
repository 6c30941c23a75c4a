-- What the kernels on matrices share: how rows of a chunk come in and how partials go out.
--
-- KEYS[1]  the chunk: whole rows, row by row
-- ARGV[1]  first row, rows, columns of the matrix, bytes of the key, base, step, as little-endian
--          doubles; then the kernel's own numbers
-- ARGV[2]  the chunk's encoding
-- ARGV[3]… the kernel's own
-- Returns  { packed partial, microseconds that the call took, rows that it accounts for }
local clock = require('core.clock')
local decode = require('core.decode')
local call, unpack_bytes = redis.call, struct.unpack

local HEAD = 6

local matrix = {}

---@class Window rows of a matrix, from one column to another
---@field bytes string
---@field encoding 'f64'|'f32'|'u8'|'u16'
---@field base number
---@field step number
---@field from number values before the first one of the first row
---@field stride number values from row to row
---@field rows number
---@field width number columns

---@return table job
function matrix.open(keys, args)
  local started = clock()
  local numbers = { unpack_bytes('<' .. ('d'):rep(#args[1] / 8), args[1]) }
  local first, rows, cols, bytes, base, step = unpack(numbers, 1, HEAD)
  local found = call('STRLEN', keys[1])
  if found ~= bytes then
    local what = ('DATA_LOSS key %s has %d bytes instead of %d'):format(keys[1], found, bytes)
    error({ err = what })
  end
  local job = { key = keys[1], started = started, first = first, rows = rows, cols = cols }
  job.encoding, job.base, job.step = args[2], base, step
  job.numbers = { unpack(numbers, HEAD + 1, #numbers - 1) }
  return job
end

---Columns of the job's rows. Few columns of wide rows are read row by row, the others at once.
---@param job table
---@param from number? the first column, from 0
---@param width number?
---@return Window
function matrix.window(job, from, width)
  from, width = from or 0, width or job.cols
  local size = decode.width(job.encoding)
  local window = { encoding = job.encoding, base = job.base, step = job.step, rows = job.rows }
  window.width = width
  local function read(row, count, column)
    local start = ((job.first + row) * job.cols + column) * size
    return call('GETRANGE', job.key, start, start + count * size - 1)
  end
  if width * 2 > job.cols then
    job.whole = job.whole or read(0, job.rows * job.cols, 0)
    window.bytes, window.from, window.stride = job.whole, from, job.cols
    return window
  end
  local parts = {}
  for row = 1, job.rows do
    parts[row] = read(row - 1, width, from)
  end
  window.bytes, window.from, window.stride = table.concat(parts), 0, width
  return window
end

---The rows of a window as tables.
---@param window Window
---@return number[][]
function matrix.tables(window)
  local rows = {}
  for row = 1, window.rows do
    local from = window.from + (row - 1) * window.stride
    rows[row] = decode.table(window, from, window.width)
  end
  return rows
end

---Doubles as a table. At most 7,990 come out of one call of struct.unpack.
---@param bytes string
---@return number[]
function matrix.doubles(bytes)
  local values, count = {}, #bytes / 8
  for from = 0, count - 1, 4096 do
    local many = math.min(4096, count - from)
    local part = { unpack_bytes('<' .. ('d'):rep(many), bytes, from * 8 + 1) }
    for i = 1, many do
      values[from + i] = part[i]
    end
  end
  return values
end

---A table of numbers as little-endian doubles.
---@param values number[]
---@return string
function matrix.pack(values)
  local parts = {}
  for from = 1, #values, 4096 do
    local to = math.min(from + 4095, #values)
    parts[#parts + 1] = struct.pack('<' .. ('d'):rep(to - from + 1), unpack(values, from, to))
  end
  return table.concat(parts)
end

---Sums, and their errors where there are any: then the number of bytes is odd.
---@param sums number[]
---@param errors number[]?
---@return string
function matrix.pack_sums(sums, errors)
  return matrix.pack(sums) .. (errors and matrix.pack(errors) .. '+' or '')
end

---@param job table
---@param partial string
function matrix.reply(job, partial)
  return { partial, clock() - job.started, job.rows }
end

return matrix

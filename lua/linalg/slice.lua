-- What the kernels on vectors share: how a slice and its operands come in, how partials and written
-- parts go out.
--
-- KEYS     one for each operand that lies here, in the order of the operands; then the key that a
--          kernel writes to, where it writes
-- ARGV[1]  first row, rows, further numbers of the kernel, as little-endian doubles: a constant,
--          the bytes of a written value (8 without it, or 4), another constant
-- ARGV[2]… three for each operand: its encoding; bytes of its key (0 where it is sent along), base
--          and step as doubles; its rows' bytes where they are sent along, else ''
-- Returns  { packed partial, microseconds that the call took, rows that it accounts for }
local clock = require('core.clock')
local decode = require('core.decode')
local call, unpack_bytes = redis.call, struct.unpack

local slice = {}

local function fetch(key, bytes, from, to)
  local found = call('STRLEN', key)
  if found ~= bytes then
    local what = ('DATA_LOSS key %s has %d bytes instead of %d'):format(key, found, bytes)
    error({ err = what })
  end
  if from == 0 and to == bytes then
    return call('GET', key)
  end
  return call('GETRANGE', key, from, to - 1)
end

---@return Job job, with started and first (row) besides what core.sum wants
function slice.open(keys, args)
  local started = clock()
  local first, rows = unpack_bytes('<dd', args[1])
  local job = { first = first, rows = rows, started = started }
  if #args[1] > 16 then
    job.k = unpack_bytes('<d', args[1], 17)
  end
  if #args[1] > 24 then
    job.size = unpack_bytes('<d', args[1], 25)
  end
  if #args[1] > 32 then
    job.l = unpack_bytes('<d', args[1], 33)
  end
  local at = 0
  for i = 2, #args, 3 do
    local encoding = args[i]
    local size, base, step = unpack_bytes('<ddd', args[i + 1])
    local bytes, width = args[i + 2], decode.width(encoding)
    if size > 0 then
      at = at + 1
      bytes = fetch(keys[at], size, first * width, (first + rows) * width)
    end
    if #bytes ~= rows * width then
      error({ err = 'INVALID_ARGUMENT ' .. rows .. ' rows came as ' .. #bytes .. ' bytes' })
    end
    job[#job + 1] = { encoding = encoding, bytes = bytes, base = base, step = step }
  end
  return job
end

---@param job Job
---@param partial string
function slice.reply(job, partial)
  return { partial, clock() - job.started, job.rows }
end

---Writes values of the slice into a key that grows part by part. What is there must reach
---up to this part: then no hole can be left where a failover lost the part before it. A part that
---is there already is written again, with the same bytes.
---@param key string
---@param job Job
---@param bytes string
function slice.write(key, job, bytes)
  local from, found = job.first * (job.size or 8), call('STRLEN', key)
  if found < from then
    local what = 'key %s has %d bytes where %d were written: a failover lost a part of it'
    error({ err = 'CLUSTER_DOWN ' .. what:format(key, found, from) })
  end
  call('SETRANGE', key, from, bytes)
end

---The partial of a kernel that writes: least and greatest value, then flags.
---@param extremes Extremes
function slice.pack_extremes(extremes)
  local flags = (extremes.nan and 1 or 0) + (extremes.plus and 2 or 0) + (extremes.minus and 4 or 0)
  return struct.pack('<ddB', extremes.min, extremes.max, flags)
end

return slice

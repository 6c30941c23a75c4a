-- Values of a slice by their rows.
--
-- KEYS, ARGV  as in linalg.slice: one operand; numbers: rows of the chunk, all of them in the slice
-- Partial     the values in that order (doubles)
-- O(slice) to read, O(rows asked for), about 200 ns each
local decode = require('core.decode')
local slice = require('linalg.slice')
local unroll = require('core.unroll')

local BLOCK = 64

local compiled = {}

local function reader(encoding)
  local text = 'function(a, ab, am, r) %s return a1 end'
  compiled[encoding] = compiled[encoding]
    or unroll.compile(text:format(decode.text('a', encoding, 1)))
  return compiled[encoding]
end

return function(keys, args)
  local job = slice.open(keys, args)
  local numbers, first = args[1], job.first
  local bytes, base, step = job[1].bytes, job[1].base, job[1].step
  local read = reader(job[1].encoding)
  local out = {}
  for at = 17, #numbers, 8 * BLOCK do
    local count = math.min(BLOCK, (#numbers - at + 1) / 8)
    local values = { struct.unpack('<' .. ('d'):rep(count), numbers, at) }
    for i = 1, count do
      values[i] = read(bytes, base, step, values[i] - first)
    end
    out[#out + 1] = struct.pack('<' .. ('d'):rep(count), unpack(values, 1, count))
  end
  return slice.reply(job, table.concat(out))
end

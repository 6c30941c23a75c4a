-- The first row of a slice that holds a value: NaN where that is asked for; -0 and 0 are equal.
--
-- KEYS, ARGV  as in linalg.slice: one operand, and one number: the value
-- Partial     the row in its chunk (a double); -1 where there is none
-- O(rows), about 20 ns a row of float64
local decode = require('core.decode')
local slice = require('linalg.slice')
local unroll = require('core.unroll')

local BLOCK = 64

local WALK = [[function(a, ab, am, k, from, to)
  for r = from, to - %d, %d do
    %s
    %s
  end
  return -1
end]]

local compiled = {}

local function walk(encoding, test, count)
  local found = ('if %s then return r + # - 1 end'):format(test)
  local decoded = decode.text('a', encoding, count)
  return unroll.compile(WALK:format(count, count, decoded, unroll.each(found, count)))
end

return function(keys, args)
  local job = slice.open(keys, args)
  local a, rows = job[1], job.rows
  local test = job.k == job.k and 'a# == k' or 'a# ~= a#'
  local name = a.encoding .. test
  local run = compiled[name]
    or { wide = walk(a.encoding, test, BLOCK), one = walk(a.encoding, test, 1) }
  compiled[name] = run
  local full = rows - rows % BLOCK
  local row = run.wide(a.bytes, a.base, a.step, job.k, 0, full)
  if row < 0 then
    row = run.one(a.bytes, a.base, a.step, job.k, full, rows)
  end
  return slice.reply(job, struct.pack('<d', row < 0 and row or row + job.first))
end

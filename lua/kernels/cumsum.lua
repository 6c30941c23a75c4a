-- Prefix sums over a slice, from the sum before it, written as float64 into a key of the same slot.
-- Run again it leaves what it left.
--
-- KEYS, ARGV  as in linalg.slice: one operand; the constants: the sum before, its compensation;
--             the last key is written
-- Partial     least and greatest value (doubles), flags: 1 NaN, 2 zero, 4 negative zero; then the
--             sum after the slice, its compensation (doubles)
-- Errors      CLUSTER_DOWN (parts written before are gone)
-- O(rows), about 150 ns a row; numeric caveat: see core.running
local map = require('core.map')
local running = require('core.running')
local slice = require('linalg.slice')

local STEP = running.step .. ' a# = S + C if a# ~= a# then a# = S end'

return function(keys, args)
  local job = slice.open(keys, args)
  local bytes, extremes, S, C = map('a#', job, STEP)
  slice.write(keys[#keys], job, bytes)
  return slice.reply(job, slice.pack_extremes(extremes) .. struct.pack('<dd', S, C))
end

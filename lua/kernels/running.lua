-- The sum before a slice carried on to its end, as kernels.cumsum carries it on.
--
-- KEYS, ARGV  as in linalg.slice: one operand; the constants: the sum before, its compensation
-- Partial     sum, compensation (doubles)
-- O(rows), about 40 ns a row of float64; numeric caveat: see core.running
local running = require('core.running')
local slice = require('linalg.slice')

return function(keys, args)
  local job = slice.open(keys, args)
  return slice.reply(job, struct.pack('<dd', running.total(job)))
end

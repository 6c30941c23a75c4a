-- The sum of a vector's slice.
--
-- KEYS, ARGV  as in linalg.slice: one operand
-- Partial     sum, compensation (doubles)
-- O(rows), about 25 ns a row of float64; numeric caveat: see core.sum
local slice = require('linalg.slice')
local sum = require('core.sum')

return function(keys, args)
  local job = slice.open(keys, args)
  return slice.reply(job, struct.pack('<dd', sum('a#', job)))
end

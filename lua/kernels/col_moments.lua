-- Sums, sums of squared deviations and extremes of columns, over a run of rows of a matrix: two
-- passes over the run, the second about the means of the first, with the correction of Chan, Golub
-- & LeVeque 1983. Runs are merged by the coordinator.
--
-- KEYS, ARGV  as in linalg.matrix; numbers: the first column (from 0), columns
-- Partial     the number of rows, then five doubles for each column: sum, compensation, squared
--             deviations from the mean, least and greatest value (infinity and -infinity where all
--             are NaN)
-- O(values), about 100 ns a value
local flat = require('linalg.flat')
local matrix = require('linalg.matrix')

---A compensated sum (Knuth 1969) and the extremes of a column.
local function sum_of(values, first, step)
  local S, C, lo, hi = 0, 0, math.huge, -math.huge
  for at = first, #values, step do
    local x = values[at]
    local t = S + x
    local z = t - S
    C = C + ((S - (t - z)) + (x - z))
    S = t
    if x < lo then
      lo = x
    end
    if x > hi then
      hi = x
    end
  end
  -- Of a sum that is infinite or NaN the compensation means nothing.
  return S, S - S == 0 and C or 0, lo, hi
end

local function squares_of(values, first, step, mean)
  local S, C, D = 0, 0, 0
  for at = first, #values, step do
    local d = values[at] - mean
    local v = d * d
    local t = S + v
    local z = t - S
    C = C + ((S - (t - z)) + (v - z))
    S = t
    D = D + d
  end
  if S - S ~= 0 then
    return S
  end
  return math.max(0, (S - D * D * step / #values) + C)
end

return function(keys, args)
  local job = matrix.open(keys, args)
  local first, width = unpack(job.numbers)
  local values = flat(matrix.window(job, first, width))
  local out = { job.rows }
  for j = 1, width do
    local S, C, lo, hi = sum_of(values, j, width)
    local squares, at = squares_of(values, j, width, (S + C) / job.rows), 5 * j - 3
    out[at], out[at + 1], out[at + 2], out[at + 3], out[at + 4] = S, C, squares, lo, hi
  end
  return matrix.reply(job, matrix.pack(out))
end

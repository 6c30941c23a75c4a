-- What norms of the rows or the columns of a matrix are made of, over a run of rows and columns.
--
-- KEYS, ARGV  as in linalg.matrix; numbers: the first column (from 0), columns, 1 for a result a
--             row and 0 for one a column, the norm: 1, 2 or infinity
-- Partial     three doubles a line: an exponent e, sum and compensation of |x| (norm 1) or of
--             (x · 2^-e)²; of the norm of infinity e is infinite, then the greatest |x|, and 0. Of
--             whole rows the norm itself, one double a row, and a byte more at the end
-- O(values), about 80 ns a value. e is 0 where squares neither overflow nor vanish as they are.
local flat = require('linalg.flat')
local matrix = require('linalg.matrix')

local SAFE, HUGE = 2 ^ 300, math.huge

---Least (but not 0) and greatest magnitude, and NaN where there is one.
local function magnitudes(values, first, last, step)
  local least, most, nan = HUGE, 0, nil
  for at = first, last, step do
    local x = values[at]
    if x < 0 then
      x = -x
    end
    if x > most then
      most = x
    end
    if x < least and x ~= 0 then
      least = x
    end
    if x ~= x then
      nan = x
    end
  end
  return least, most, nan
end

local function exponent(most)
  if most == 0 or most == HUGE or (most < SAFE and most > 1 / SAFE) then
    return 0
  end
  local _, e = math.frexp(most)
  return math.max(-1000, math.min(1000, e))
end

---The compensated sum (Knuth 1969) of magnitudes.
local function sum_of(values, first, last, step)
  local S, C = 0, 0
  for at = first, last, step do
    local v = values[at]
    if v < 0 then
      v = -v
    end
    local t = S + v
    local z = t - S
    C = C + ((S - (t - z)) + (v - z))
    S = t
  end
  return S, S - S == 0 and C or 0
end

local function squares_of(values, first, last, step, scale)
  local S, C = 0, 0
  for at = first, last, step do
    local v = values[at] * scale
    v = v * v
    local t = S + v
    local z = t - S
    C = C + ((S - (t - z)) + (v - z))
    S = t
  end
  return S, S - S == 0 and C or 0
end

---@param norm number
---@param plain boolean no line needs an exponent
local function of_line(norm, plain)
  if norm == 1 then
    return function(...)
      return 0, sum_of(...)
    end
  end
  return function(values, first, last, step)
    if norm == 2 and plain then
      return 0, squares_of(values, first, last, step, 1)
    end
    local _, most, nan = magnitudes(values, first, last, step)
    if norm == 2 then
      local e = exponent(most)
      return e, squares_of(values, first, last, step, math.ldexp(1, -e))
    end
    return HUGE, nan or most, 0
  end
end

local function finished(norm, e, S, C)
  return norm == 2 and math.ldexp(math.sqrt(S + C), e) or S + C
end

return function(keys, args)
  local job = matrix.open(keys, args)
  local first, width, by_row, norm = unpack(job.numbers)
  local values = flat(matrix.window(job, first, width))
  local count, out = #values, {}
  local least, most = magnitudes(values, 1, norm == 2 and count or 0, 1)
  local line = of_line(norm, least > 1 / SAFE and most < SAFE)
  if by_row == 0 then
    for j = 1, width do
      local at = 3 * j - 2
      out[at], out[at + 1], out[at + 2] = line(values, j, count, width)
    end
    return matrix.reply(job, matrix.pack(out))
  end
  local whole = width == job.cols
  for i = 1, job.rows do
    local e, S, C = line(values, (i - 1) * width + 1, i * width, 1)
    if whole then
      out[i] = finished(norm, e, S, C)
    else
      out[3 * i - 2], out[3 * i - 1], out[3 * i] = e, S, C
    end
  end
  return matrix.reply(job, matrix.pack(out) .. (whole and '+' or ''))
end

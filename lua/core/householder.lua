-- The R factor of rows by Householder reflections (Golub & Van Loan 2013, §5.2; the scaling of
-- LAPACK's dgeqr2: v is 1 at its head), column by column in place. Two passes over the columns to
-- the right of each reflection, eight columns at once (of what is left four, two, one), so that a
-- value of the reflection is fetched once for eight.
-- O(rows · columns²), about 10 ns a multiply-add.
local unroll = require('core.unroll')

-- Between these neither squares nor their sum lose what matters.
local LEAST, MOST = 1e-280, 1e280
local WIDE = 8

local REFLECT = [[function(v, k, m, tau, columns, j)
  local %s = %s
  local %s = %s
  for i = k + 1, m do
    local x = v[i]
    %s
  end
  %s
  for i = k + 1, m do
    local x = v[i]
    %s
  end
end]]

local function text(width)
  return REFLECT:format(
    unroll.each('c#', width, ', '),
    unroll.each('columns[j + #]', width, ', '),
    unroll.each('s#', width, ', '),
    unroll.each('c#[k]', width, ', '),
    unroll.each('s# = s# + x * c#[i]', width),
    unroll.each('s# = tau * s# c#[k] = c#[k] - s#', width),
    unroll.each('c#[i] = c#[i] - s# * x', width)
  )
end

local compiled = {}

local function reflect(width)
  compiled[width] = compiled[width] or unroll.compile(text(width))
  return compiled[width]
end

local function length(v, k, m)
  local sum = 0
  for i = k, m do
    local x = v[i]
    sum = sum + x * x
  end
  if (sum > LEAST and sum < MOST) or sum ~= sum then
    return math.sqrt(sum)
  end
  local most = 0
  for i = k, m do
    most = math.max(most, math.abs(v[i]))
  end
  if most == 0 or most == math.huge then
    return most
  end
  sum = 0
  for i = k, m do
    local x = v[i] / most
    sum = sum + x * x
  end
  return most * math.sqrt(sum)
end

---@param columns number[][] each with its values of all rows; they are changed
---@param rows number
---@return number[] R row by row, each from its diagonal on, which is not negative; rows that there
---   are too few for are zeros
return function(columns, rows)
  local p = #columns
  for k = 1, math.min(p, rows - 1) do
    local v = columns[k]
    local norm = length(v, k, rows)
    if norm ~= 0 then
      local head = v[k]
      local beta = head > 0 and -norm or norm
      local tau = (beta - head) / beta
      local scale = head - beta
      for i = k + 1, rows do
        v[i] = v[i] / scale
      end
      v[k] = beta
      local j, width = k, WIDE
      while j < p do
        while width > p - j do
          width = width / 2
        end
        reflect(width)(v, k, rows, tau, columns, j)
        j = j + width
      end
    end
  end
  local flat = {}
  for k = 1, p do
    local sign = k <= rows and columns[k][k] < 0 and -1 or 1
    for j = k, p do
      flat[#flat + 1] = k <= rows and sign * columns[j][k] or 0
    end
  end
  return flat
end

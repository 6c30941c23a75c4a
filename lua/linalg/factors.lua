-- Rows that are changed on the way: less a row that is the same for all, times small matrices.
local decode = require('core.decode')
local matrix = require('linalg.matrix')
local product = require('core.product')

local factors = {}

---@param window Window
---@param shift string doubles that are subtracted from every row, or ''
---@return number[][] rows
function factors.shifted(window, shift)
  local rows = matrix.tables(window)
  if shift == '' then
    return rows
  end
  local means = matrix.doubles(shift)
  for _, row in ipairs(rows) do
    for j = 1, #means do
      row[j] = row[j] - means[j]
    end
  end
  return rows
end

---The rows times one matrix after another.
---@param rows number[][]
---@param list string[] as core.product wants them
---@return number[][]
function factors.apply(rows, list)
  for _, right in ipairs(list) do
    local bytes, width = product(rows, right)
    local made = { bytes = bytes, encoding = 'f64' }
    for i = 1, #rows do
      rows[i] = decode.table(made, (i - 1) * width, width)
    end
  end
  return rows
end

return factors

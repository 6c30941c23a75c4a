-- All values of a window of a matrix, row by row, in one table: as many tables as there are rows
-- would cost more than the sums that are made of them.
local decode = require('core.decode')

local MOST = 4096

---@param window Window
---@return number[]
return function(window)
  local values, at = {}, 0
  local function take(from, count)
    local part = decode.table(window, from, count)
    for i = 1, count do
      values[at + i] = part[i]
    end
    at = at + count
  end
  local rows, width = window.rows, window.width
  -- Rows that follow each other without a gap are one long row.
  if window.stride == width then
    rows, width = 1, rows * width
  end
  for row = 0, rows - 1 do
    local start = window.from + row * window.stride
    for from = 0, width - 1, MOST do
      take(start + from, math.min(MOST, width - from))
    end
  end
  return values
end

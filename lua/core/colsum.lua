-- One sum for every column: of its values times those of a vector that has one a row. The columns
-- go by runs of 64, then by what is left in smaller powers of two; sums are plain, row by row.
local decode = require('core.decode')
local unroll = require('core.unroll')

local WALK = [[function(a, ab, am, from, to, stride, v, at)
  local %s = %s
  for r = from, to, stride do
    %s
    at = at + 1
    local x = v[at]
    %s
  end
  return { %s }
end]]

local compiled = {}

local function walk(encoding, width)
  local name = encoding .. width
  compiled[name] = compiled[name]
    or unroll.compile(
      WALK:format(
        unroll.each('s#', width, ', '),
        unroll.each('0', width, ', '),
        decode.text('a', encoding, width),
        unroll.each('s# = s# + x * a#', width),
        unroll.each('s#', width, ', ')
      )
    )
  return compiled[name]
end

---@param window Window
---@param vector number[] a value for each row of the window
---@param first number the first row of a block, from 0
---@param count number rows of it
---@return number[] a sum a column
return function(window, vector, first, count)
  local out = {}
  local done, size = 0, 64
  while done < window.width do
    while size > window.width - done do
      size = size / 2
    end
    local from = window.from + first * window.stride + done
    local to = from + (count - 1) * window.stride
    local work = walk(window.encoding, size)
    local sums =
      work(window.bytes, window.base, window.step, from, to, window.stride, vector, first)
    for i = 1, size do
      out[done + i] = sums[i]
    end
    done = done + size
  end
  return out
end

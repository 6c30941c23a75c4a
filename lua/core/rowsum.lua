-- One sum for every row: of a term over its columns and a vector. The columns go by runs of 64,
-- then by what is left in smaller powers of two; a run is summed pairwise, the vector's values
-- standing in locals, and the runs one after the other.
local decode = require('core.decode')
local unroll = require('core.unroll')

local WALK = [[function(a, ab, am, from, to, stride, v, c, out)
  local %s = %s
  local n = 0
  for r = from, to, stride do
    %s
    %s
    n = n + 1
    out[n] = out[n] + %s
  end
end]]

local compiled = {}

local function walk(term, before, encoding, width)
  local name = term .. before .. encoding .. width
  compiled[name] = compiled[name]
    or unroll.compile(
      WALK:format(
        unroll.each('v#', width, ', '),
        unroll.each('v[c + #]', width, ', '),
        decode.text('a', encoding, width),
        unroll.each(before, width),
        unroll.pairwise(term, width)
      )
    )
  return compiled[name]
end

---@param window Window
---@param vector number[] as many values as the window has columns
---@param term string Lua over a# and v#; # stands for the column
---@param before string? statement that changes the values first
---@return number[] a sum a row
return function(window, vector, term, before)
  local out = {}
  for row = 1, window.rows do
    out[row] = 0
  end
  local last = (window.rows - 1) * window.stride
  local done, size = 0, 64
  while done < window.width do
    while size > window.width - done do
      size = size / 2
    end
    local from = window.from + done
    local work = walk(term, before or '', window.encoding, size)
    local stride = window.stride
    work(window.bytes, window.base, window.step, from, from + last, stride, vector, done, out)
    done = done + size
  end
  return out
end

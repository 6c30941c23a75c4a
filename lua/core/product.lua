-- Rows times a small matrix by register tiles of 8 × 16: the accumulators are locals, a row's
-- values come from a table and the right side's straight from its bytes. What is left over at the
-- edges goes by tiles whose sides are smaller powers of two, so that 20 texts do for all shapes.
-- Every element is summed plainly in the order of the columns, whatever its tile.
local unroll = require('core.unroll')

local TILE = [[function(b, n, rows, first)
  local %s = %s
  local %s = %s
  local q = 1
  for k = 1, n do
    local %s = unpack("<%s", b, q)
    q = q + %d
    %s
  end
  return %s
end]]

local function text(height, width)
  local sums, updates, packed, sources = {}, {}, {}, {}
  for i = 1, height do
    local row = {}
    updates[#updates + 1] = ('do local a = t%d[k]'):format(i)
    for j = 1, width do
      local c = ('c%d_%d'):format(i, j)
      row[j] = c
      sums[#sums + 1] = c
      updates[#updates + 1] = ('%s = %s + a * b%d'):format(c, c, j)
    end
    updates[#updates + 1] = 'end'
    packed[i] = ('pack("<%s", %s)'):format(('d'):rep(width), table.concat(row, ', '))
    sources[i] = ('rows[first + %d]'):format(i)
  end
  return TILE:format(
    table.concat(sums, ', '),
    ('0, '):rep(#sums - 1) .. '0',
    unroll.each('t#', height, ', '),
    table.concat(sources, ', '),
    unroll.each('b#', width, ', '),
    ('d'):rep(width),
    8 * width,
    table.concat(updates, ' '),
    table.concat(packed, ', ')
  )
end

local compiled = {}

local function tile(height, width)
  local name = height * 100 + width
  compiled[name] = compiled[name] or unroll.compile(text(height, width))
  return compiled[name]
end

---The pieces that a length is cut into: full ones, then smaller powers of two.
local function pieces(length, full)
  local list = {}
  local size = full
  while length > 0 do
    while size > length do
      size = size / 2
    end
    list[#list + 1] = size
    length = length - size
  end
  return list
end

---@param rows number[][]
---@param right string its number of columns as a double, then strips of 16 (8, 4, 2, 1) of its
---   columns one after the other, each row by row
---@return string bytes of float64, row by row
---@return number columns
return function(rows, right)
  local cols = struct.unpack('<d', right)
  local inner = (#right - 8) / (8 * cols)
  local parts, heights, widths = {}, pieces(#rows, 8), pieces(cols, 16)
  local at = 9
  for s, width in ipairs(widths) do
    local bytes = right:sub(at, at + 8 * width * inner - 1)
    at = at + 8 * width * inner
    local first = 0
    for _, height in ipairs(heights) do
      local made = { tile(height, width)(bytes, inner, rows, first) }
      for i = 1, height do
        parts[(first + i - 1) * #widths + s] = made[i]
      end
      first = first + height
    end
  end
  return table.concat(parts), cols
end

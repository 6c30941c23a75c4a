-- Sums of products of columns over rows, by register tiles: each accumulator is a local, and so are
-- the values of a row that a tile needs (unpacked straight from the bytes: a table between costs
-- more than unpacking a value again for every tile that it takes part in). Tiles on the diagonal
-- are 16 × 16 and compute their upper triangle, those beside it 8 × 16: 152 of the 200 locals that
-- a function may have.
-- Sums are plain and go row by row. There are two texts for each width and encoding: 128 at most.
local decode = require('core.decode')
local unroll = require('core.unroll')

local STRIP, HEIGHT = 16, 8

local DIAGONAL = [[function(a, ab, am, from, to, stride)
  local %s = %s
  for r = from, to, stride do
    %s
    %s
  end
  return { %s }
end]]

local BESIDE = [[function(a, ab, am, from, to, stride, b, q, step)
  local bb, bm = ab, am
  local %s = %s
  for r = from, to, stride do
    %s
    %s
    %s
    q = q + step
  end
  return { %s }
end]]

local function texts(names, update)
  local sums = {}
  for i, name in ipairs(names) do
    local left, right = name:match('^g(%d+)_(%d+)$')
    sums[i] = update:gsub('%w', { g = name, l = 'a' .. left, r = right })
  end
  return table.concat(names, ', '), ('0, '):rep(#names - 1) .. '0', table.concat(sums, ' ')
end

local function diagonal(encoding, width)
  local names = {}
  for i = 1, width do
    for j = i, width do
      names[#names + 1] = ('g%d_%d'):format(i, j)
    end
  end
  local list, zeros, sums = texts(names, 'g = g + l * ar')
  return DIAGONAL:format(list, zeros, decode.text('a', encoding, width), sums, list)
end

local function beside(encoding, width)
  local names = {}
  for i = 1, HEIGHT do
    for j = 1, width do
      names[#names + 1] = ('g%d_%d'):format(i, j)
    end
  end
  local list, zeros, sums = texts(names, 'g = g + l * br')
  local left = decode.text('a', encoding, HEIGHT)
  local right = decode.text('b', encoding, width, 'q')
  return BESIDE:format(list, zeros, left, right, sums, list)
end

local compiled = {}

---@param make fun(encoding: string, width: number): string
local function tile(kind, make, encoding, width)
  local name = kind .. encoding .. width
  compiled[name] = compiled[name] or unroll.compile(make(encoding, width))
  return compiled[name]
end

local function append(list, values)
  local n = #list
  for i = 1, #values do
    list[n + i] = values[i]
  end
end

---The products of columns of a block of rows: of `left` with themselves (the upper triangle), or
---of `left`, which are a multiple of 16 then, with those of `right`. Tile after tile, from left to
---right and from top to bottom, each row by row.
---@param left Window
---@param right Window?
---@param first number
---@param count number
---@return number[]
return function(left, right, first, count)
  local encoding, base, step = left.encoding, left.base, left.step
  local sums = {}
  local other = right or left
  local top = left.from + first * left.stride
  local side = other.from + first * other.stride
  for i = 0, left.width - 1, STRIP do
    local from = top + i
    local to = from + (count - 1) * left.stride
    if not right then
      local width = math.min(STRIP, left.width - i)
      local work = tile('diagonal', diagonal, encoding, width)
      append(sums, work(left.bytes, base, step, from, to, left.stride))
    end
    for j = right and 0 or i + STRIP, other.width - 1, STRIP do
      local work = tile('beside', beside, encoding, math.min(STRIP, other.width - j))
      for half = 0, STRIP - 1, HEIGHT do
        append(
          sums,
          work(
            left.bytes,
            base,
            step,
            from + half,
            to + half,
            left.stride,
            other.bytes,
            side + j,
            other.stride
          )
        )
      end
    end
  end
  return sums
end

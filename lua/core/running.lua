-- Running sums, compensated row by row (TwoSum; Knuth 1969): a sum S and its error C, carried from
-- slice to slice. S + C is the prefix sum to about twice the precision, rounded once. Once S is
-- infinite or NaN, C is NaN, and S alone tells the sum.
local decode = require('core.decode')
local unroll = require('core.unroll')

local BLOCK = 64

local running = {}

---Adds a row to S and C, which are parameters of the function that it stands in, as are t and z.
running.step = 't = S + a# z = t - S C = C + ((S - (t - z)) + (a# - z)) S = t'

local WALK = [[function(a, ab, am, from, to, S, C)
  local t, z
  for r = from, to - %d, %d do
    %s
    %s
  end
  return S, C
end]]

local compiled = {}

local function walk(encoding, count)
  local steps = unroll.each(running.step, count)
  return unroll.compile(WALK:format(count, count, decode.text('a', encoding, count), steps))
end

---The sum after all rows, from the one in `job.k` and `job.l`.
---@param job Job
---@return number S, number C
function running.total(job)
  local a, rows = job[1], job.rows
  local run = compiled[a.encoding] or { wide = walk(a.encoding, BLOCK), one = walk(a.encoding, 1) }
  compiled[a.encoding] = run
  local full = rows - rows % BLOCK
  local S, C = run.wide(a.bytes, a.base, a.step, 0, full, job.k, job.l)
  return run.one(a.bytes, a.base, a.step, full, rows, S, C)
end

return running

-- The greatest value of a term over rows, of those that are at least 0; NaN where there is one.
-- O(rows), about 40 ns a row with two operands.
local decode = require('core.decode')
local unroll = require('core.unroll')

local BLOCK = 64

local WALK = [[function(a, ab, am, b, bb, bm, from, to, most)
  for r = from, to - %d, %d do
    %s
    %s
    %s
  end
  return most
end]]

local compiled = {}

local function walk(before, job, count)
  return unroll.compile(WALK:format(
    count,
    count,
    decode.job(job, count),
    unroll.each(before, count),
    -- Nothing is greater than NaN.
    unroll.each('if a# > most or a# ~= a# then most = a# end', count)
  ))
end

---@param before string statement that makes the term of the values of a row; # stands for the row
---@param job Job
---@return number
return function(before, job)
  local name = before
  for _, operand in ipairs(job) do
    name = name .. ' ' .. operand.encoding
  end
  local run = compiled[name] or { wide = walk(before, job, BLOCK), one = walk(before, job, 1) }
  compiled[name] = run
  local a, b, rows = job[1], job[2] or {}, job.rows
  local function call(work, from, to, most)
    return work(a.bytes, a.base, a.step, b.bytes, b.base, b.step, from, to, most)
  end
  local full = rows - rows % BLOCK
  return call(run.one, full, rows, call(run.wide, 0, full, 0))
end

-- The sum of a term over rows: blocks of 64 summed pairwise, one compensated addition a block
-- (TwoSum; Neumaier 1974), a fresh sum every unit of 8,128 rows, units merged by the fixed tree:
-- the additions of the engine's kernels (src/codegen/states.ts, sumFloat) in their order, hence
-- their bits. A last block that is not full is filled up with zeros.
-- O(rows); a sum is off by at most 2^-50 times the sum of the magnitudes: six roundings within a
-- block, the last one, and a trifle. Once it is infinite or NaN its compensation means nothing.
local decode = require('core.decode')
local tree = require('core.tree')
local unroll = require('core.unroll')

local UNIT, BLOCK = 8128, 64
local PARAMETERS = 'a, ab, am, b, bb, bm, k, from, to'

local WALK = [[function(%s)
  local S, C = 0, 0
  for r = from, to - %d, %d do
    %s
    local v = %s
    local t = S + v
    local z = t - S
    C = C + ((S - (t - z)) + (v - z))
    S = t
  end
  return S, C
end]]
local ONE = 'function(%s) local r = from %s return %s end'

local compiled = {}

---@param term string Lua over a#, b# and k; # stands for the row
---@param before string? statement that changes the values of a row first
local function functions(term, before, job)
  local name = term .. (before or '')
  for _, operand in ipairs(job) do
    name = name .. ' ' .. operand.encoding
  end
  if not compiled[name] then
    local function rows(count)
      return decode.job(job, count) .. ' ' .. unroll.each(before or '', count)
    end
    local walk = WALK:format(PARAMETERS, BLOCK, BLOCK, rows(BLOCK), unroll.pairwise(term, BLOCK))
    local one = ONE:format(PARAMETERS, rows(1), unroll.pairwise(term, 1))
    compiled[name] = { walk = unroll.compile(walk), one = unroll.compile(one) }
  end
  return compiled[name]
end

---@class Operand
---@field bytes string the rows' values
---@field encoding 'f64'|'f32'|'u8'|'u16'
---@field base number
---@field step number

---@class Job
---@field rows number
---@field k any a constant of the term
---@field l number? another number of the kernel
---@field size number? bytes of a written value; 8 without it, or 4
---@field [1] Operand
---@field [2] Operand?

---@param term string
---@param job Job
---@param before string?
---@return number sum, number compensation
return function(term, job, before)
  local run = functions(term, before, job)
  local a, b = job[1], job[2] or {}
  local function call(work, from, to)
    return work(a.bytes, a.base, a.step, b.bytes, b.base, b.step, job.k, from, to)
  end
  return tree.fold(math.ceil(job.rows / UNIT), function(unit)
    local from, to = (unit - 1) * UNIT, math.min(unit * UNIT, job.rows)
    local S, C = call(run.walk, from, to)
    local rest = (to - from) % BLOCK
    if rest == 0 then
      return S, C
    end
    local terms = {}
    for i = 1, BLOCK do
      terms[i] = i <= rest and call(run.one, to - rest + i - 1) or 0
    end
    local width = BLOCK
    while width > 1 do
      width = width / 2
      for i = 1, width do
        terms[i] = terms[2 * i - 1] + terms[2 * i]
      end
    end
    local v = terms[1]
    local t = S + v
    local z = t - S
    return t, C + ((S - (t - z)) + (v - z))
  end)
end

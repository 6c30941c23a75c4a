-- A term over rows as new float64 values: their bytes, and what a zone map needs to know of them.
-- NaN is written as the one canonical NaN, as everywhere in storage.
-- O(rows), about 140 ns a row with two operands, half of it struct.pack.
local decode = require('core.decode')
local unroll = require('core.unroll')

local BLOCK = 64

local WALK = [[function(a, ab, am, b, bb, bm, k, from, to, out, lo, hi, S, C)
  local nan, t, z = false
  local n = #out
  for r = from, to - %d, %d do
    %s
    %s
    %s
    local all = %s
    if all ~= all then %s end
    %s
    n = n + 1
    out[n] = pack('<%s', %s)
  end
  return lo, hi, nan, S, C
end]]

local ZEROS = [[function(a, from, to)
  local plus, minus = false, false
  for r = from, to - %d, %d do
    %s
    %s
  end
  return plus, minus
end]]

local function walk(term, before, job, count)
  local decoded = {}
  for i, operand in ipairs(job) do
    decoded[i] = decode.text(i == 1 and 'a' or 'b', operand.encoding, count)
  end
  return unroll.compile(WALK:format(
    count,
    count,
    table.concat(decoded, ' '),
    unroll.each(before, count),
    unroll.each('a# = ' .. term, count),
    -- A NaN among the values makes the sum NaN; so may infinities, and then none is found.
    unroll.each('a#', count, ' + '),
    unroll.each('if a# ~= a# then a#, nan = NAN, true end', count),
    unroll.each('if a# < lo then lo = a# end if a# > hi then hi = a# end', count),
    ('d'):rep(count),
    unroll.each('a#', count, ', ')
  ))
end

local function zeros(count)
  local look = 'if a# == 0 then if 1 / a# > 0 then plus = true else minus = true end end'
  local decoded = decode.text('a', 'f64', count)
  return unroll.compile(ZEROS:format(count, count, decoded, unroll.each(look, count)))
end

local compiled = {}

local function functions(term, before, job)
  local name = term .. before
  for _, operand in ipairs(job) do
    name = name .. ' ' .. operand.encoding
  end
  compiled[name] = compiled[name]
    or { wide = walk(term, before, job, BLOCK), one = walk(term, before, job, 1) }
  return compiled[name]
end

---Which zeros there are: the sign of a zero that is an extreme is told by all of them.
local function find_zeros(bytes, rows)
  compiled.zeros = compiled.zeros or { wide = zeros(BLOCK), one = zeros(1) }
  local full = rows - rows % BLOCK
  local plus, minus = compiled.zeros.wide(bytes, 0, full)
  local more_plus, more_minus = compiled.zeros.one(bytes, full, rows)
  return plus or more_plus, minus or more_minus
end

---@class Extremes
---@field min number over the values that are not NaN; infinity where there are none
---@field max number likewise, -infinity
---@field nan boolean
---@field plus boolean 0 is among the values; looked for where an extreme is a zero
---@field minus boolean -0 is

---@param term string Lua over a#, b# and k; # stands for the row
---@param job Job
---@param before string? statement on each row, in their order, that may carry S and C on from row
---to row (job.k and job.l before the first), with t and z to work with
---@return string, Extremes, number? S, number? C
return function(term, job, before)
  local run = functions(term, before or '', job)
  local a, b, rows, k = job[1], job[2] or {}, job.rows, job.k
  local out = {}
  local function call(work, from, to, lo, hi, S, C)
    return work(a.bytes, a.base, a.step, b.bytes, b.base, b.step, k, from, to, out, lo, hi, S, C)
  end
  local full = rows - rows % BLOCK
  local min, max, nan, S, C = call(run.wide, 0, full, math.huge, -math.huge, k, job.l)
  local last_nan
  min, max, last_nan, S, C = call(run.one, full, rows, min, max, S, C)
  local bytes = table.concat(out)
  local extremes = { min = min, max = max, nan = nan or last_nan, plus = false, minus = false }
  if min == 0 or max == 0 then
    extremes.plus, extremes.minus = find_zeros(bytes, rows)
  end
  return bytes, extremes, S, C
end

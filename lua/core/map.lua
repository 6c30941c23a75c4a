-- A term over rows as new values, float64 or float32: their bytes, and what a zone map needs to
-- know of them before they are rounded to float32.
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

local function walk(statement, job, count, letter)
  return unroll.compile(WALK:format(
    count,
    count,
    decode.job(job, count),
    unroll.each(statement, count),
    -- A NaN among the values makes the sum NaN; so may infinities, and then none is found.
    unroll.each('a#', count, ' + '),
    unroll.each('if a# ~= a# then a#, nan = NAN, true end', count),
    unroll.each('if a# < lo then lo = a# end if a# > hi then hi = a# end', count),
    letter:rep(count),
    unroll.each('a#', count, ', ')
  ))
end

local function zeros(count, encoding)
  local look = 'if a# == 0 then if 1 / a# > 0 then plus = true else minus = true end end'
  local decoded = decode.text('a', encoding, count)
  return unroll.compile(ZEROS:format(count, count, decoded, unroll.each(look, count)))
end

local compiled = {}

local function functions(statement, job)
  local name = statement
  for _, operand in ipairs(job) do
    name = name .. ' ' .. operand.encoding
  end
  local letter = job.size == 4 and 'f' or 'd'
  name = name .. ' ' .. letter
  compiled[name] = compiled[name]
    or { wide = walk(statement, job, BLOCK, letter), one = walk(statement, job, 1, letter) }
  return compiled[name]
end

---Which zeros there are: the sign of a zero that is an extreme is told by all of them.
local function find_zeros(bytes, rows, encoding)
  compiled[encoding] = compiled[encoding]
    or { wide = zeros(BLOCK, encoding), one = zeros(1, encoding) }
  local full = rows - rows % BLOCK
  local plus, minus = compiled[encoding].wide(bytes, 0, full)
  local more_plus, more_minus = compiled[encoding].one(bytes, full, rows)
  return plus or more_plus, minus or more_minus
end

---@class Extremes
---@field min number over the values that are not NaN; infinity where there are none
---@field max number likewise, -infinity
---@field nan boolean
---@field plus boolean 0 is among the values; looked for where an extreme is a zero
---@field minus boolean -0 is

---@param term string Lua over a#, b#, r and k; # stands for the row
---@param job Job
---@param before string? statement on each row, in their order, that may carry S and C on from row
---to row (job.k and job.l before the first), with t and z to work with
---@return string, Extremes, number? S, number? C
return function(term, job, before)
  local run = functions((before or '') .. ' a# = ' .. term, job)
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
    extremes.plus, extremes.minus = find_zeros(bytes, rows, job.size == 4 and 'f32' or 'f64')
  end
  return bytes, extremes, S, C
end

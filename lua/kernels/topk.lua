-- Scores the rows of a slice against one row that is sent along, and tells the best.
--
-- KEYS, ARGV  as in linalg.matrix; own numbers: how many, the query's length (for cosine); ARGV[3]:
--             dot, cosine or euclidean; ARGV[4]: the query, as doubles
-- Partial     two doubles for each of the best rows: score, number of the row within the chunk
-- O(rows · columns), about 25 ns a value of float64 (cosine 50); numeric caveat: as core.rowsum;
-- squares beyond the doubles make a distance infinite and a cosine 0 or NaN
local best = require('core.best')
local matrix = require('linalg.matrix')
local rowsum = require('core.rowsum')

local scored = {}

function scored.dot(window, query)
  return rowsum(window, query, 'a# * v#')
end

function scored.cosine(window, query, norm)
  local dots = rowsum(window, query, 'a# * v#')
  local squares = rowsum(window, query, 'a# * a#')
  for row = 1, #dots do
    dots[row] = dots[row] / (math.sqrt(squares[row]) * norm)
  end
  return dots
end

function scored.euclidean(window, query)
  local squares = rowsum(window, query, 'a# * a#', 'a# = a# - v#')
  for row = 1, #squares do
    squares[row] = math.sqrt(squares[row])
  end
  return squares
end

return function(keys, args)
  local job = matrix.open(keys, args)
  local k, norm = unpack(job.numbers)
  local metric, query = args[3], matrix.doubles(args[4])
  local scores = scored[metric](matrix.window(job), query, norm)
  local order = scores
  if metric ~= 'euclidean' then
    order = {}
    for row = 1, #scores do
      order[row] = -scores[row]
    end
  end
  local found = {}
  for _, row in ipairs(best(order, k)) do
    found[#found + 1] = scores[row]
    found[#found + 1] = job.first + row - 1
  end
  return matrix.reply(job, matrix.pack(found))
end

-- The k best of scored rows: the lowest scores, of equal ones the lower rows, NaN last.

---@param scores number[]
---@param k number
---@return number[] rows from 1, in no order
return function(scores, k)
  -- The worst of those that are kept is at the top of the heap.
  local heap, size, without = {}, 0, {}
  local function worse(a, b)
    return scores[a] > scores[b] or (scores[a] == scores[b] and a > b)
  end
  local function sift_down()
    local at = 1
    while true do
      local worst, left = at, 2 * at
      if left <= size and worse(heap[left], heap[worst]) then
        worst = left
      end
      if left < size and worse(heap[left + 1], heap[worst]) then
        worst = left + 1
      end
      if worst == at then
        return
      end
      heap[at], heap[worst] = heap[worst], heap[at]
      at = worst
    end
  end
  local function sift_up(at)
    local above = math.floor(at / 2)
    while at > 1 and worse(heap[at], heap[above]) do
      heap[at], heap[above] = heap[above], heap[at]
      at, above = above, math.floor(above / 2)
    end
  end
  for row = 1, #scores do
    local score = scores[row]
    if score ~= score then
      without[#without + 1] = row
    elseif size < k then
      size = size + 1
      heap[size] = row
      sift_up(size)
    elseif score < scores[heap[1]] then
      heap[1] = row
      sift_down()
    end
  end
  for i = 1, math.min(k - size, #without) do
    heap[size + i] = without[i]
  end
  return heap
end

-- Text of unrolled Lua. Decoding 64 values a call into locals is the fastest way through a packed
-- column (25 ns a value with its sum, against 62 one by one and 43 through a table), and Lua has no
-- other way to write 64 locals down. Each text is compiled once on a node; none of it comes from
-- outside.

local unroll = {}

---The pattern with # replaced by 1, 2, … count: each('a#', 3, ', ') is 'a1, a2, a3'.
---@param pattern string
---@param count number
---@param separator string?
---@return string
function unroll.each(pattern, count, separator)
  local texts = {}
  for i = 1, count do
    texts[i] = pattern:gsub('#', i)
  end
  return table.concat(texts, separator or ' ')
end

---The sum of the pattern's instances as a balanced tree: '((a1 + a2) + (a3 + a4))'.
---@param pattern string
---@param count number a power of two
---@param from number?
---@return string
function unroll.pairwise(pattern, count, from)
  from = from or 1
  if count == 1 then
    return (pattern:gsub('#', from))
  end
  local half = count / 2
  local left, right =
    unroll.pairwise(pattern, half, from), unroll.pairwise(pattern, half, from + half)
  return '(' .. left .. ' + ' .. right .. ')'
end

---Compiles a text that stands for one function. It sees what its arguments bind, and these.
---@param text string
---@return function
function unroll.compile(text)
  local env = 'local unpack, pack, byte, NAN = ... return '
  local chunk, problem = loadstring(env .. text)
  if not chunk then
    error({ err = 'KERNEL_FAILED ' .. problem })
  end
  local nan = struct.unpack('<d', '\0\0\0\0\0\0\248\127')
  return chunk(struct.unpack, struct.pack, string.byte, nan)
end

return unroll

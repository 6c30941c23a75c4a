-- How rows of a packed column of numbers become Lua locals. An operand named a comes as its bytes
-- (a), and for the coded encodings its base and step (ab, am): value = base + code * step, as in
-- src/storage/types.ts. There are no nulls here: code 0 does not occur.
local unroll = require('core.unroll')

local FORMATS = { f64 = { 'd', 8 }, f32 = { 'f', 4 }, u8 = { 'B', 1 }, u16 = { 'H', 2 } }

local decode = {}

---Bytes of a value.
---@param encoding string
---@return number
function decode.width(encoding)
  return FORMATS[encoding][2]
end

---Text that decodes rows r + 1 … r + count (r counts from 0) into locals <name>1 … <name>count.
---@param name string
---@param encoding 'f64'|'f32'|'u8'|'u16'
---@param count number at most 64, so that two operands fit among the 200 locals of a function
---@param row string? the variable that stands for r
---@return string
function decode.text(name, encoding, count, row)
  local letter, size = unpack(FORMATS[encoding])
  local values = unroll.each(name .. '#', count, ', ')
  row = row or 'r'
  if encoding == 'u8' then
    values = ('local %s = byte(%s, %s + 1, %s + %d) '):format(values, name, row, row, count)
  else
    local format = '<' .. letter:rep(count)
    values = ('local %s = unpack("%s", %s, %s * %d + 1) '):format(values, format, name, row, size)
  end
  if encoding == 'f64' or encoding == 'f32' then
    return values
  end
  -- In place: a copy would cost as much as the arithmetic.
  return values .. unroll.each(('%s# = %sb + %s# * %sm'):format(name, name, name, name), count)
end

-- The format of as many values as were asked for last.
local counts, formats = {}, {}
local unpack_bytes = struct.unpack

---The values from + 1 … from + count (from counts from 0) as a table; at most 4,096 of them.
---@param window Window
---@param from number
---@param count number
---@return number[]
function decode.table(window, from, count)
  local encoding = window.encoding
  local values
  if encoding == 'u8' then
    values = { window.bytes:byte(from + 1, from + count) }
  else
    local letter, size = unpack(FORMATS[encoding])
    -- Made anew for each row of a few columns it would take as long as the unpacking.
    if counts[encoding] ~= count then
      counts[encoding], formats[encoding] = count, '<' .. letter:rep(count)
    end
    values = { unpack_bytes(formats[encoding], window.bytes, from * size + 1) }
    -- struct.unpack ends with the place where it stopped.
    values[count + 1] = nil
  end
  if encoding == 'u8' or encoding == 'u16' then
    local base, step = window.base, window.step
    for i = 1, count do
      values[i] = base + values[i] * step
    end
  end
  return values
end

---Text that decodes `count` rows of each operand of a job: into a1 …, and b1 … of a second one.
---@param job Job
---@param count number
---@return string
function decode.job(job, count)
  local texts = {}
  for i, operand in ipairs(job) do
    texts[i] = decode.text(i == 1 and 'a' or 'b', operand.encoding, count)
  end
  return table.concat(texts, ' ')
end

return decode

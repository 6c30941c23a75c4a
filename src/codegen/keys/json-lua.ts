/**
 * JSON in Lua, strictly by RFC 8259. The server's cjson takes more than that: raw control characters in strings, `1.` and `-.5`,
 * bytes that are no UTF-8, and whatever follows a zero byte. What might hold any of these is looked through first; ordinary text (ASCII,
 * on one line) costs two searches in C.
 */

/** Arrays and objects within each other at most; deeper text is no JSON, here as in the twin. */
export const MAX_JSON_DEPTH = 1000;

const UTF8 = String.raw`local function key_utf8(text)
  local p, size = 1, #text
  while true do
    p = string.match(text, '^[%z\1-\127]*()', p)
    if p > size then return true end
    local a, b, c, d = byte(text, p, p + 3)
    local low = a == 224 and 160 or a == 240 and 144 or 128
    local high = a == 237 and 159 or a == 244 and 143 or 191
    if a < 194 or a > 244 or not b or b < low or b > high then return false end
    if a >= 224 and (not c or c < 128 or c > 191) then return false end
    if a >= 240 and (not d or d < 128 or d > 191) then return false end
    p = p + (a < 224 and 2 or a < 240 and 3 or 4)
  end
end`;

/** Strings may hold no control characters; between strings, a point stands between two digits. */
const CAREFULLY = String.raw`local function key_careful(text)
  if key_find(text, '\0', 1, true) or not key_utf8(text) then return false end
  local p = 1
  while true do
    local open = key_find(text, '"', p, true)
    local between = sub(text, p, (open or 0) - 1)
    if key_find(between, '%-%.') or key_find(between, '%.%D') or key_find(between, '%.$') then return false end
    if not open then return true end
    p = open + 1
    repeat
      local at = key_find(text, '["\\%c]', p)
      local found = at and byte(text, at)
      if not found or found < 32 then return false end
      p = at + (found == 92 and 2 or 1)
    until found == 34
  end
end`;

const PLAINLY = `local function key_plain(text)
  if not key_find(text, '^[ -~]*$') then return false end
  local p = key_find(text, '.', 1, true)
  while p do
    local before, _, after = byte(text, p - 1, p + 1)
    if p == 1 or before == 45 then return false end
    if before >= 48 and before <= 57 and not (after and after >= 48 and after <= 57) then return false end
    p = key_find(text, '.', p + 1, true)
  end
  return true
end`;

/** An instance of our own: settings of the shared one would change for everybody's scripts. */
const DECODE = `local key_cjson, key_null = cjson.new(), cjson.null
key_cjson.decode_invalid_numbers(false)
key_cjson.decode_max_depth(${MAX_JSON_DEPTH})
local function key_json(text)
  if not key_plain(text) and not key_careful(text) then return false end
  return pcall(key_cjson.decode, text)
end`;

/** `key_json(text)` gives true and the value, or false. */
export const JSON_LUA = ['local key_find = string.find', UTF8, CAREFULLY, PLAINLY, DECODE];

/**
 * A number as a whole one, times 10^places: as its shortest decimal text would be read, that is, halves away from zero; false at
 * 2^53 and beyond, where doubles skip whole numbers. Where a whole number below 10^15 over 10^places is the double, it is what
 * its shortest text says.
 */
export const WHOLE_LUA = `local function key_whole(x, unit, places)
  local whole = floor(x * unit + 0.5)
  if whole / unit == x and whole < 1e15 and whole > -1e15 then return whole end
  if x - x ~= 0 then return false end
  whole = f_textWhole(f_floatText(x), places)
  return whole and whole < 9007199254740992 and whole > -9007199254740992 and whole
end`;

/**
 * Scripts that find names: of keys, or of the members of a set. A cursor holds in one process of one server alone, for each has a
 * random seed of its own by which it places names; so the process is told with every answer.
 *
 * Replies: { packed microseconds, packed slots that are not settled here, process, cursor, names }.
 */

import { createHash } from 'node:crypto';
import { CLOCK } from '../clock.js';
import type { KeyScript } from './call.js';
import { SETTLED_SLOTS } from './settled-lua.js';
import { SHEBANG } from './slots-lua.js';

type NamesScript = Pick<KeyScript, 'lua' | 'sha1' | 'readOnly'>;

const script = (...lines: readonly string[]): NamesScript => {
  const lua = [SHEBANG, ...lines].join('\n');
  return { lua, sha1: createHash('sha1').update(lua).digest('hex'), readOnly: true };
};

const STARTED = `${CLOCK}
local started = clock()`;

/** Which of the slots in a packed argument, four bytes each, are not settled here: `wanted` has those that are, `away` the others, packed. */
const WANTED = `${SETTLED_SLOTS}
local wanted, away = {}, {}
if #slots > 0 then
  local firsts, lasts, moving = settled_slots()
  for at = 1, #slots, 4 do
    local slot = struct.unpack('<i4', slots, at)
    local here = false
    for i = 1, #firsts do here = here or (firsts[i] <= slot and slot <= lasts[i]) end
    if here and not moving[slot] then wanted[slot] = true else away[#away + 1] = struct.pack('<i4', slot) end
  end
end`;

const PROCESS = "local process = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''";

/**
 * Names by SCAN, from a cursor on, until the budget is spent. ARGV: slots (packed; empty on a server without cluster mode: all names are
 * wanted), process ('' in the first call), cursor, pattern, names a step, microseconds. Where the process is another one nothing is read.
 * Names with a hash tag of another slot are left out; those without a tag all come, for computing their slots here would take as long again.
 */
export const SCAN_NAMES = script(
  STARTED,
  'local slots, expected, cursor, pattern, step, budget = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])',
  WANTED,
  PROCESS,
  `local names, known = {}, {}
local function is_wanted(name)
  local open = string.find(name, '{', 1, true)
  local close = open and string.find(name, '}', open + 1, true)
  if not close or close == open + 1 then return true end
  local tag = string.sub(name, open + 1, close - 1)
  if known[tag] == nil then known[tag] = wanted[redis.call('CLUSTER', 'KEYSLOT', tag)] or false end
  return known[tag]
end
if expected == '' or expected == process then
  repeat
    local found = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', step)
    cursor = found[1]
    for _, name in ipairs(found[2]) do
      if slots == '' or is_wanted(name) then names[#names + 1] = name end
    end
  until cursor == '0' or clock() - started >= budget
end
return { struct.pack('<d', clock() - started), table.concat(away), process, cursor, names }`,
);

/** All names of one slot. ARGV: the slot, packed. Nothing is read of one that is not settled here. */
export const SLOT_NAMES = script(
  STARTED,
  'local slots = ARGV[1]',
  WANTED,
  `local names, slot = {}, struct.unpack('<i4', slots)
if wanted[slot] then names = redis.call('CLUSTER', 'GETKEYSINSLOT', slot, redis.call('CLUSTER', 'COUNTKEYSINSLOT', slot)) end
return { struct.pack('<d', clock() - started), table.concat(away), '', '0', names }`,
);

/** Members of the set KEYS[1] by SSCAN. ARGV: process, cursor, names a step, microseconds. A set that is gone has none. */
export const SET_NAMES = script(
  STARTED,
  'local expected, cursor, step, budget = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])',
  PROCESS,
  `local names = {}
if expected == '' or expected == process then
  repeat
    local found = redis.pcall('SSCAN', KEYS[1], cursor, 'COUNT', step)
    if found.err then
      if not string.find(found.err, 'WRONGTYPE', 1, true) then error(found) end
      found = { '0', {} }
    end
    cursor = found[1]
    for _, name in ipairs(found[2]) do names[#names + 1] = name end
  until cursor == '0' or clock() - started >= budget
end
return { struct.pack('<d', clock() - started), '', process, cursor, names }`,
);

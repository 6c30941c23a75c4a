/**
 * The frame's half of a script that reads keys: what it was asked for, and the names of keys to read, slot by slot.
 *
 * A script is: SHEBANG, locals of its own, WALK, then
 *     local names = next_names()
 *     while names do
 *       for i = 1, #names do local key = names[i] … end
 *       names = next_names()
 *     end
 *     return key_reply(partial, keys, rows, other_type, unparsable, column, key_of_unparsable, large_keys)
 * The work on a key stands in that loop, not in a function: functions have 60 upvalues at most.
 */

import type { KeyCall } from './call.js';
import { SETTLED_SLOTS } from './settled-lua.js';

/** First line of a script that only reads; numkeys may be 0, and the keys that it names of any slot that the node owns. */
export const SHEBANG = '#!lua flags=no-writes,allow-cross-slot-keys';
/** Of one that writes; and of one that takes no more memory, which also runs where there is none left. */
export const WRITING_SHEBANG = '#!lua flags=allow-cross-slot-keys';
export const FREEING_SHEBANG = '#!lua flags=allow-oom,allow-cross-slot-keys';

const MODES = { slots: 1, list: 2, members: 3 } as const;

/** @returns the arguments of a script after KEYS: the call first, then the script's own from ARGV[2] on, then members that are given */
export function callArguments(call: KeyCall, own: readonly (string | Buffer)[]): (string | Buffer)[] {
  const packed = Buffer.alloc(8 * CALL_NUMBERS);
  [MODES[call.mode], ...numbersOf(call)].forEach((number, i) => {
    packed.writeDoubleLE(number, 8 * i);
  });
  if (call.mode !== 'members') return [packed, ...own];
  return [Buffer.concat([packed, call.after]), ...own, ...(call.given ?? [])];
}

const CALL_NUMBERS = 7;

function numbersOf(call: KeyCall): number[] {
  switch (call.mode) {
    case 'slots':
      return [call.from, call.to, call.maxKeys, call.budgetUs, call.parts, call.part];
    case 'list':
      return [call.slot];
    case 'members':
      return [call.slot, call.start, call.count, call.given?.length ?? 0];
  }
}

/**
 * Bytes at the end and in the middle of a name, for names differ there. Called for slots that are read in parts alone; a part that
 * gets more than its share only makes one call longer.
 */
const PART_OF = `local function part_of(key, parts)
  local n = #key
  local sum = n
  if n < 8 then
    for i = 1, n do sum = sum * 31 + string.byte(key, i) end
    return sum % parts
  end
  local a, b, c, d, e, f, g, h = string.byte(key, -8, -1)
  local middle = (n - n % 2) / 2
  local i, j, k, l, m, o, p, q = string.byte(key, middle - 3, middle + 4)
  return (n + a * 67 + b * 71 + c * 73 + d * 79 + e * 83 + f * 89 + g * 97 + h * 101
    + i * 103 + j * 107 + k * 109 + l * 113 + m * 127 + o * 131 + p * 137 + q * 139) % parts
end`;

/**
 * Declares `walk`, `next_names()` and `key_reply(…)`, from ARGV[1] as `callArguments` packs it.
 *
 * `next_names()`: a list of names (never empty), or nil at the end or where the budget is spent. `walk.slot`: the slot of the names
 * given last; -1 on a server without cluster mode. `walk.mode`: 1 slots, 2 list, 3 members. Of members: `walk.start`, `walk.count`,
 * `walk.after`, `walk.given` (how many of the last ARGV are members); a reader of them sets `walk.members`, `walk.next` and `walk.after`
 * as `Slice` has them. `key_of_unparsable` and `large_keys` may be nil; large keys are a flat list of names and numbers of members.
 *
 * GETKEYSINSLOT is asked for one name more than may be read, for COUNTKEYSINSLOT of every slot would cost as much again. The clock
 * is looked at after 32 names or 256 empty slots.
 */
export const WALK = `local walk, next_names
local function clock()
  local now = redis.call('TIME')
  return now[1] * 1000000 + now[2]
end
${SETTLED_SLOTS}
${PART_OF}
do
  local mode, from, to, max_keys, budget, parts, part = struct.unpack('<ddddddd', ARGV[1])
  walk = { mode = mode, started = clock(), slot = from, next = from, enumerated = 0, reports = {} }
  if mode == 1 then
    local firsts, lasts, moving = settled_slots()
    local reports, limit = walk.reports, max_keys * parts
    local slot, range, weight, gap = from, 1, 0, 0
    -- Slots from here to there are not settled: as many, negative; runs of them are one report.
    local function unsettled(here, there)
      if gap > 0 and reports[gap] - reports[gap + 1] == here then
        reports[gap + 1] = reports[gap + 1] - (there - here + 1)
      else
        gap = #reports + 1
        reports[gap], reports[gap + 1] = here, -(there - here + 1)
      end
    end
    next_names = function()
      while slot <= to do
        if weight >= 256 then
          weight = 0
          if clock() - walk.started >= budget then break end
        end
        while lasts[range] and lasts[range] < slot do range = range + 1 end
        local first, here = firsts[range] or to + 1, slot
        if here < first then
          local there = first - 1 < to and first - 1 or to
          unsettled(here, there)
          slot = there + 1
        elseif moving[here] then
          unsettled(here, here)
          slot = here + 1
        else
          slot = here + 1
          local names = redis.call('CLUSTER', 'GETKEYSINSLOT', here, limit + 1)
          local count = #names
          weight = weight + 8 * count + 1
          if count > limit then
            reports[#reports + 1] = here
            reports[#reports + 1] = redis.call('CLUSTER', 'COUNTKEYSINSLOT', here)
            count = 0
          elseif parts > 1 then
            local all = names
            names, count = {}, 0
            for i = 1, #all do
              if part_of(all[i], parts) == part then
                count = count + 1
                names[count] = all[i]
              end
            end
          end
          if count > 0 then
            walk.slot, walk.enumerated = here, walk.enumerated + count
            return names
          end
        end
      end
      walk.next = slot
      return nil
    end
  else
    walk.start, walk.count, walk.given, walk.after = to, max_keys, budget, string.sub(ARGV[1], 57)
    local done = false
    next_names = function()
      if done or #KEYS == 0 then return nil end
      done, walk.enumerated = true, #KEYS
      return KEYS
    end
  end
end
local function key_reply(partial, keys, rows, other_type, unparsable, column, key, large)
  local header = struct.pack('<ddddddddd', clock() - walk.started, walk.next, walk.enumerated, keys, rows, other_type,
    unparsable, column or 0, walk.members or 0)
  local reports = {}
  for i = 1, #walk.reports do reports[i] = struct.pack('<i4', walk.reports[i]) end
  for i = 2, large and #large or 0, 2 do large[i] = tostring(large[i]) end
  return { partial, header, table.concat(reports), key or '', large or {}, walk.after or '' }
end`;

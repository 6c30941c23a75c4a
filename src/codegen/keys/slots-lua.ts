/**
 * The frame's half of a script that reads keys: what it was asked for, and the names of keys to read, slot by slot.
 *
 * A script is: SHEBANG, locals of its own, WALK, then `eachName(work)`, then
 *     return key_reply(partial, keys, rows, other_type, unparsable, column, key_of_unparsable, large_keys)
 * The work on a key stands in that loop, not in a function: functions have 60 upvalues at most. Where the budget is spent within a slot, or a
 * list, the names that are left go back: they come from the same atomic step, and are asked for by name.
 */

import { CLOCK } from '../clock.js';
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

const CALL_NUMBERS = 5;

function numbersOf(call: KeyCall): number[] {
  switch (call.mode) {
    case 'slots':
      return [call.from, call.to, call.maxKeys, call.budgetUs];
    case 'list':
      return [call.slot, 0, 0, call.budgetUs];
    case 'members':
      return [call.slot, call.start, call.count, call.given?.length ?? 0];
  }
}

/** Keys until the clock is first looked at; then as many as fit between two looks, by what the last ones took. */
const FIRST_STRIDE = 1;
/** Of a few keys that are left the slot is read to its end, up to so many budgets in all: asking for them by name would cost a call more. */
const LONGEST = 1.5;

/**
 * The loop over all names. What takes long may lower `key_stride`, so that the clock is looked at sooner.
 * @param work on one, the local `key` @param key how it gets its value
 */
export const eachName = (work: readonly string[], key = 'local key = names[i]'): string[] => [
  `local names, key_stride = next_names(), ${FIRST_STRIDE}`,
  'while names do',
  'for i = 1, #names do',
  key,
  ...work,
  'key_stride = key_stride - 1',
  'if key_stride <= 0 and i < #names then',
  'key_stride = keys_until_clock(#names - i)',
  'if key_stride == 0 then leave_names(names, i + 1) break end',
  'end',
  'end',
  'names = next_names()',
  'end',
];

/**
 * For calls that name keys: a primary that was restarted may be empty, and allowed to answer before it knows that it was replaced.
 * @param slot Lua for that of the keys; negative where there is no cluster
 */
export const IN_WHOLE_CLUSTER = (slot: string): string =>
  `if ${slot} >= 0 and not string.find(redis.call('CLUSTER', 'INFO'), 'cluster_state:ok', 1, true) then
      error({ err = 'CLUSTERDOWN this node does not see a whole cluster' })
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
 * is looked at after 32 names or 256 empty slots, and between keys as `keys_until_clock` says.
 */
export const WALK = `local walk, next_names
${CLOCK}
${SETTLED_SLOTS}
do
  local mode, from, to, max_keys, budget = struct.unpack('<ddddd', ARGV[1])
  local started = clock()
  walk = { mode = mode, started = started, seen = started, stride = ${FIRST_STRIDE}, budget = mode == 3 and math.huge or budget,
    slot = from, next = from, enumerated = 0, reports = {}, rest = {} }
  if mode == 1 then
    local firsts, lasts, moving = settled_slots()
    local reports = walk.reports
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
      while slot <= to and not walk.over do
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
          local names = redis.call('CLUSTER', 'GETKEYSINSLOT', here, max_keys + 1)
          local count = #names
          weight = weight + 8 * count + 1
          if count > max_keys then
            reports[#reports + 1] = here
            reports[#reports + 1] = redis.call('CLUSTER', 'COUNTKEYSINSLOT', here)
            count = 0
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
    ${IN_WHOLE_CLUSTER('from')}
    walk.start, walk.count, walk.given, walk.after = to, max_keys, budget, string.sub(ARGV[1], 41)
    local done = false
    next_names = function()
      if done or #KEYS == 0 then return nil end
      done, walk.enumerated = true, #KEYS
      return KEYS
    end
  end
end
local function keys_until_clock(left)
  local now = clock()
  local spent, each = now - walk.started, (now - walk.seen) / walk.stride
  if spent >= walk.budget then
    walk.over = true
    if spent + left * each >= ${LONGEST} * walk.budget then return 0 end
  end
  walk.seen, walk.stride = now, each > 60 and 1 or each > 12 and 4 or 16
  return walk.stride
end
local function leave_names(names, from)
  local rest = walk.rest
  for i = from, #names do rest[#rest + 1] = names[i] end
  walk.enumerated, walk.over = walk.enumerated - #rest, true
end
local function key_reply(partial, keys, rows, other_type, unparsable, column, key, large)
  local header = struct.pack('<ddddddddd', clock() - walk.started, walk.next, walk.enumerated, keys, rows, other_type,
    unparsable, column or 0, walk.members or 0)
  local reports = {}
  for i = 1, #walk.reports do reports[i] = struct.pack('<i4', walk.reports[i]) end
  for i = 2, large and #large or 0, 2 do large[i] = tostring(large[i]) end
  return { partial, header, table.concat(reports), key or '', large or {}, walk.after or '', walk.rest }
end`;

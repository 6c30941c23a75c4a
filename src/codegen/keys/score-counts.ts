/** A script that counts the members of sorted sets by ranges of their scores, without reading any. */

import { createHash } from 'node:crypto';
import { luaGlob } from '../../plan/keys/glob-lua.js';
import { type ScoreRange, scoreText } from '../../plan/keys/score-range.js';
import type { KeyScript } from './call.js';
import { callArguments, eachName, SHEBANG, WALK } from './slots-lua.js';

/** Least and greatest score, as ZCOUNT takes them. */
export const rangeTexts = ({ min, max, minOpen, maxOpen }: ScoreRange): readonly [string, string] => [
  `${minOpen ? '(' : ''}${scoreText(min)}`,
  `${maxOpen ? '(' : ''}${scoreText(max)}`,
];

const LOOP = (test: string, ranges: number): string => `local ranges = (#ARGV - ${ranges - 1}) / 2
local counts, least, greatest, keys, other = {}, math.huge, -math.huge, 0, 0
for r = 1, ranges do counts[r] = 0 end
${eachName([
  `    if ${test} then
      local size = redis.pcall('ZCARD', key)
      if type(size) == 'table' then
        if sub(size.err, 1, 9) ~= 'WRONGTYPE' then error(size) end
        other = other + 1
      elseif size > 0 then
        keys = keys + 1
        for r = 1, ranges do
          local low, high = ARGV[${ranges - 2} + 2 * r], ARGV[${ranges - 1} + 2 * r]
          local found = call('ZCOUNT', key, low, high)
          counts[r] = counts[r] + found
          if r == 1 and found > 0 then
            least = math.min(least, call('ZRANGE', key, low, high, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')[2] * 1)
            greatest = math.max(greatest, call('ZRANGE', key, high, low, 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2] * 1)
          end
        end
      end
    end
`,
]).join('\n')}
local packed = { struct.pack('<dd', least, greatest) }
for r = 1, ranges do packed[r + 1] = struct.pack('<d', counts[r]) end
return key_reply(table.concat(packed), keys, keys, other, 0, 0)`;

/** Its partial: least and greatest score within the first range (infinite where there are none), then the count of each range. */
export function scoreCounts(pattern: string, ranges: readonly ScoreRange[]): KeyScript {
  const glob = luaGlob(pattern, (k) => `ARGV[${2 + k}]`);
  const head = 'local call, sub, find, byte = redis.call, string.sub, string.find, string.byte';
  const lua = [SHEBANG, head, WALK, ...glob.setup, LOOP(glob.test, 2 + glob.args.length)].join('\n');
  const sha1 = createHash('sha1').update(lua).digest('hex');
  const own = [...glob.args, ...ranges.flatMap(rangeTexts)];
  return { lua, sha1, readOnly: true, args: (call) => callArguments(call, own) };
}

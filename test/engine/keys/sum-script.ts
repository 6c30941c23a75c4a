/** A script that sums a field of hashes: the smallest that follows the contract of scripts that read keys. */
import { createHash } from 'node:crypto';
import type { KeyScript } from '../../../src/codegen/keys/call.js';
import { callArguments, eachName, SHEBANG, WALK } from '../../../src/codegen/keys/slots-lua.js';

const BODY = `local sum, keys, other, bad, bad_key = 0, 0, 0, 0, nil
local prefix = ARGV[2]
${eachName([
  `    if string.sub(key, 1, #prefix) == prefix then
      local kind = redis.call('TYPE', key).ok
      if kind == 'hash' then
        keys = keys + 1
        local text = redis.call('HGET', key, 'v')
        local number = tonumber(text or '')
        if number then sum = sum + number
        elseif text then
          bad = bad + 1
          bad_key = bad_key or key
        end
      elseif kind ~= 'none' then
        other = other + 1
      end
    end`,
]).join('\n')}
return key_reply(struct.pack('<d', sum), keys, keys, other, bad, 0, bad_key)`;

/** @param change of the script's text: for twins that are to count wrong */
export function sumScript(prefix: string, change: (lua: string) => string = (lua) => lua): KeyScript {
  const lua = change([SHEBANG, WALK, BODY].join('\n'));
  const sha1 = createHash('sha1').update(lua).digest('hex');
  return { lua, sha1, readOnly: true, args: (call) => callArguments(call, [prefix]) };
}

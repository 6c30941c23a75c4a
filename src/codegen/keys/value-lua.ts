/** A script that reads a string slice by slice, whatever it holds: for values that are computed elsewhere. */

import { createHash } from 'node:crypto';
import { CLOCK } from '../clock.js';
import type { KeyScript, ValueFacts } from './call.js';
import { IN_WHOLE_CLUSTER, SHEBANG } from './slots-lua.js';

export interface ValueCall {
  /** -1 where there is no cluster. */
  readonly slot: number;
  readonly from: number;
  readonly count: number;
  /** Told with the slice that ends the string. */
  readonly facts: ValueFacts;
}

/** A slice, and what the key was in the same step. */
export interface ValueSlice {
  readonly microseconds: number;
  /** Of the whole string; undefined where the key is gone, or is no string. */
  readonly length?: number;
  readonly isOther: boolean;
  /** Seconds; undefined where it does not expire, or was not asked for. */
  readonly ttl?: number;
  readonly memory?: number;
  readonly bytes: Buffer;
}

const [GONE, OTHER, NONE] = [-1, -2, -1];

const lua = `${SHEBANG}
${CLOCK}
local started = clock()
local slot, from, count, ttl_wanted, memory_wanted = struct.unpack('<ddddd', ARGV[1])
${IN_WHOLE_CLUSTER('slot')}
local key = KEYS[1]
local length, ttl, memory, bytes = redis.pcall('STRLEN', key), ${NONE}, ${NONE}, ''
if type(length) == 'table' then
  if string.sub(length.err, 1, 9) ~= 'WRONGTYPE' then error(length) end
  length = ${OTHER}
elseif length == 0 and redis.call('EXISTS', key) == 0 then
  length = ${GONE}
else
  bytes = redis.call('GETRANGE', key, from, from + count - 1)
  if from + count >= length then
    if ttl_wanted == 1 then ttl = redis.call('TTL', key) end
    if memory_wanted == 1 then memory = redis.call('MEMORY', 'USAGE', key) end
  end
end
return { struct.pack('<dddd', clock() - started, length, ttl, memory), bytes }`;

/** KEYS: the key. */
export const READ_VALUE: Pick<KeyScript, 'lua' | 'sha1' | 'readOnly'> = {
  lua,
  sha1: createHash('sha1').update(lua).digest('hex'),
  readOnly: true,
};

export function packValueCall({ slot, from, count, facts }: ValueCall): Buffer {
  const packed = Buffer.alloc(40);
  [slot, from, count, Number(facts.ttl), Number(facts.memory)].forEach((number, i) => {
    packed.writeDoubleLE(number, 8 * i);
  });
  return packed;
}

/** @param reply what the script says */
export function readValueSlice([header, bytes]: readonly [Buffer, Buffer]): ValueSlice {
  const [microseconds, length, ttl, memory] = [0, 8, 16, 24].map((at) => header.readDoubleLE(at)) as [
    number,
    number,
    number,
    number,
  ];
  return {
    microseconds,
    isOther: length === OTHER,
    ...(length >= 0 && { length }),
    ...(ttl >= 0 && { ttl }),
    ...(memory >= 0 && { memory }),
    bytes,
  };
}

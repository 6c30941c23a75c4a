/** What every key has beside its value, in Lua: name, slot, shard, type, time to live, memory. Only what is read is asked for. */

import type { KeyColumn } from '../../plan/keys/source.js';
import type { KernelColumn } from '../shape.js';
import { absent, assign, given } from './column-locals.js';

/** A column that a query reads, and where it comes from. */
export interface ReadColumn {
  readonly column: KernelColumn;
  readonly from: KeyColumn['from'];
}

const ATTRIBUTES: ReadonlySet<string> = new Set(['key', 'slot', 'shard', 'type', 'ttl', 'memory']);

export const isAttribute = ({ from }: ReadColumn): boolean => ATTRIBUTES.has(from.of);

/**
 * The slot of a key as CLUSTER KEYSLOT tells it (CRC16 of its hash tag, XMODEM), which a server outside a cluster refuses.
 * Half a byte at a time: a table of 256 would take longer to make than it saves.
 */
const SLOT = `local key_crc = {}
for i = 0, 15 do
  local crc = i * 4096
  for _ = 1, 4 do crc = crc >= 32768 and bit.bxor(crc * 2 - 65536, 4129) or crc * 2 end
  key_crc[i] = crc
end
local function key_slot(name)
  local open = string.find(name, '{', 1, true)
  local close = open and string.find(name, '}', open + 1, true)
  if close and close > open + 1 then name = sub(name, open + 1, close - 1) end
  local crc = 0
  for i = 1, #name do
    local b = byte(name, i)
    local high = floor(b / 16)
    crc = bit.bxor(crc % 4096 * 16, key_crc[bit.bxor(floor(crc / 4096), high)])
    crc = bit.bxor(crc % 4096 * 16, key_crc[bit.bxor(floor(crc / 4096), b - high * 16)])
  end
  return crc % 16384
end`;

export function attributeSetup(columns: readonly ReadColumn[]): string[] {
  return columns.some(({ from }) => from.of === 'slot') ? [SLOT] : [];
}

/** Statements that set the locals of attributes of `key`, which exists. @param type Lua for the name of its type */
export function attributeLocals(columns: readonly ReadColumn[], type: string): string[] {
  return columns.flatMap(({ column, from }): string[] => {
    switch (from.of) {
      case 'key':
        return [given(column, 'key')];
      case 'slot':
        return [given(column, 'slot or key_slot(key)')];
      case 'shard':
        return [given(column, 'shard_name')];
      case 'type':
        return [given(column, type)];
      case 'memory':
        return [given(column, "call('MEMORY', 'USAGE', key)")];
      case 'ttl':
        return [
          absent(column),
          `do local seconds = call('TTL', key) if seconds >= 0 then ${assign(column, 'seconds')} end end`,
        ];
      default:
        return [];
    }
  });
}

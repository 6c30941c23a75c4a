/** What every key has beside its value, in Lua: name, slot, shard, type, time to live, memory. Only what is read is asked for. */

import type { KeyColumn } from '../../plan/keys/source.js';
import type { KernelColumn } from '../shape.js';
import { absent, assign, given } from './column-locals.js';

/** A column that a query reads, and where it comes from. */
export interface ReadColumn {
  readonly column: KernelColumn;
  readonly from: KeyColumn['from'];
}

/** Statements that set the locals of attributes of `key`, which exists. @param type Lua for the name of its type */
export function attributeLocals(columns: readonly ReadColumn[], type: string): string[] {
  return columns.flatMap(({ column, from }): string[] => {
    switch (from.of) {
      case 'key':
        return [given(column, 'key')];
      case 'slot':
        return [absent(column), `if walk.slot >= 0 then ${assign(column, 'walk.slot')} end`];
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

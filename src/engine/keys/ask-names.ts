/** One call of a script that finds names. */

import type { Argument } from '../../cluster/types.js';
import type { KeyScript } from '../../codegen/keys/call.js';
import { type Asked, callScript, isTrouble, type Trouble } from './ask.js';

export interface FoundNames {
  readonly microseconds: number;
  /** Slots that are not settled there. */
  readonly away: readonly number[];
  /** The server process that a cursor holds in. */
  readonly process: string;
  /** `0` at the end. */
  readonly cursor: string;
  readonly names: readonly Buffer[];
}

/** @param rest the number of keys, keys and arguments */
export async function askNames(
  asked: Asked,
  script: Pick<KeyScript, 'lua' | 'sha1' | 'readOnly'>,
  rest: readonly Argument[],
): Promise<FoundNames | Trouble> {
  const said = await callScript(asked, script, rest);
  if (isTrouble(said)) return said;
  const [time, away, process, cursor, names] = said.reply as readonly [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    readonly Buffer[],
  ];
  return {
    microseconds: time.readDoubleLE(0),
    away: Array.from({ length: away.length / 4 }, (_, i) => away.readInt32LE(4 * i)),
    process: String(process),
    cursor: String(cursor),
    names,
  };
}

/** As scripts take them: four bytes each. */
export function packSlots(slots: Iterable<number>): Buffer {
  const list = [...slots];
  const packed = Buffer.alloc(4 * list.length);
  list.forEach((slot, i) => {
    packed.writeInt32LE(slot, 4 * i);
  });
  return packed;
}

/** The reply of a kernel, column by column, as it is read from the wire or made on the client side. */

import type { FoldBody } from './body.js';

export type PartialColumn = ArrayLike<number | string | null>;

export interface Partial {
  readonly groups: number;
  /** One a key: codes of the chunk, or values (strings as bytes, one char each). */
  readonly keys: readonly PartialColumn[];
  readonly rows: PartialColumn;
  /** One a field of each state, in the order of the body's states. */
  readonly fields: readonly PartialColumn[];
}

export function readPartial(body: FoldBody, reply: Buffer): Partial {
  const groups = reply.readUInt32LE(0);
  let at = 4;
  const numbers = (size: number, read: (place: number) => number): number[] => {
    const out = new Array<number>(groups);
    for (let i = 0; i < groups; i++) out[i] = read(at + i * size);
    at += size * groups;
    return out;
  };
  const uint16 = (): number[] => numbers(2, (place) => reply.readUInt16LE(place));
  const doubles = (): number[] => numbers(8, (place) => reply.readDoubleLE(place));
  const strings = (): (string | null)[] => {
    const sizes = numbers(4, (place) => reply.readUInt32LE(place));
    return sizes.map((size) => {
      if (size === 0xffffffff) return null;
      at += size;
      return reply.toString('latin1', at - size, at);
    });
  };
  const nullable = (): (number | null)[] => {
    const flags = numbers(1, (place) => reply[place] as number);
    return doubles().map((value, i) => (flags[i] === 0 ? null : value));
  };
  const keys = body.keyWires.map((wire) => (wire === 'code' ? uint16() : wire === 'number' ? nullable() : strings()));
  const rows = uint16();
  const fields = body.states.flatMap((state) =>
    state.code.fields.map(({ wire }) => (wire === 'd' ? doubles() : wire === 'H' ? uint16() : strings())),
  );
  if (at !== reply.length) throw new RangeError(`a partial of ${reply.length} bytes where ${at} were expected`);
  return { groups, keys, rows, fields };
}

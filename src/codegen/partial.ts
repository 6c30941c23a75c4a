/** The reply of a kernel, column by column, as it is read from the wire or made on the client side. */

import type { Physical } from '../expr/typed.js';
import type { FoldBody } from './body.js';
import type { ItemWire, Wire } from './state-code.js';

export type PartialColumn = ArrayLike<Physical>;
/** A map or a list for each group. */
export type PartialTables = ArrayLike<ReadonlyMap<number | string, number>> | ArrayLike<readonly Physical[]>;
export type PartialField = PartialColumn | PartialTables;

export interface Partial {
  readonly groups: number;
  /** One a key: codes of the chunk, or values (strings as bytes, one char each). */
  readonly keys: readonly PartialColumn[];
  readonly rows: PartialColumn;
  /** One a field of each state, in the order of the body's states. */
  readonly fields: readonly PartialField[];
}

/** Reads a reply from its start to its end. */
class Reader {
  readonly #reply: Buffer;
  at = 4;

  constructor(reply: Buffer) {
    this.#reply = reply;
  }

  #numbers(size: number, count: number, read: (place: number) => number): number[] {
    const out = new Array<number>(count);
    for (let i = 0; i < count; i++) out[i] = read(this.at + i * size);
    this.at += size * count;
    return out;
  }

  bytes(count: number): number[] {
    return this.#numbers(1, count, (place) => this.#reply.readUInt8(place));
  }

  sizes(count: number): number[] {
    return this.#numbers(4, count, (place) => this.#reply.readUInt32LE(place));
  }

  items(wire: ItemWire, count: number): Physical[] {
    switch (wire) {
      case 'H':
        return this.#numbers(2, count, (place) => this.#reply.readUInt16LE(place));
      case 'i4':
        return this.#numbers(4, count, (place) => this.#reply.readInt32LE(place));
      case 'd':
        return this.#numbers(8, count, (place) => this.#reply.readDoubleLE(place));
      case 'number': {
        const flags = this.bytes(count);
        return this.items('d', count).map((value, i) => (flags[i] === 0 ? null : value));
      }
      case 'S':
        return this.sizes(count).map((size) => {
          if (size === 0xffffffff) return null;
          this.at += size;
          return this.#reply.toString('latin1', this.at - size, this.at);
        });
    }
  }

  field(wire: Wire, groups: number): PartialField {
    if (typeof wire !== 'object') return this.items(wire, groups);
    const sizes = this.sizes(groups);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let first = 0;
    const each = <T>(make: (from: number, to: number) => T): T[] =>
      sizes.map((size) => {
        first += size;
        return make(first - size, first);
      });
    if ('list' in wire) {
      const items = this.items(wire.list, total);
      return each((from, to) => items.slice(from, to));
    }
    const keys = this.items(wire.map, total) as (number | string)[];
    const counts = wire.counts === 'B' ? this.bytes(total) : (this.items(wire.counts, total) as number[]);
    return each((from, to) => {
      const map = new Map<number | string, number>();
      for (let i = from; i < to; i++) map.set(keys[i] as number | string, counts[i] as number);
      return map;
    });
  }
}

/** @throws RangeError where the reply is not of the shape that the kernel was generated to give */
export function readPartial(body: FoldBody, reply: Buffer): Partial {
  const groups = reply.readUInt32LE(0);
  const reader = new Reader(reply);
  const keys = body.keyWires.map((wire) =>
    reader.items(wire === 'code' ? 'H' : wire === 'number' ? 'number' : 'S', groups),
  );
  const rows = reader.items(body.countWire, groups);
  const fields = body.states.flatMap(({ code }) => code.fields.map(({ wire }) => reader.field(wire, groups)));
  if (reader.at !== reply.length) {
    throw new RangeError(`a partial of ${reply.length} bytes where ${reader.at} were expected`);
  }
  return { groups, keys, rows, fields };
}

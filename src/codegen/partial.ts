/** The reply of a kernel, column by column, as it is read from the wire or made on the client side. */

import { REGISTERS } from '../aggregates/hyperloglog.js';
import type { Physical } from '../expr/typed.js';
import type { FoldBody } from './body.js';
import { DENSE_REGISTERS } from './hash-constants.js';
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

  registers(groups: number): PartialField {
    const sizes = this.sizes(groups);
    const sparse = sizes.filter((size) => size <= DENSE_REGISTERS).reduce((sum, size) => sum + size, 0);
    const keys = this.items('H', sparse) as number[];
    const ranks = this.bytes(sparse);
    let next = 0;
    return sizes.map((size) => {
      const map = new Map<number | string, number>();
      if (size <= DENSE_REGISTERS) {
        for (const end = next + size; next < end; next++) map.set(keys[next] as number, ranks[next] as number);
      } else {
        this.bytes(REGISTERS).forEach((rank, register) => void (rank > 0 && map.set(register, rank)));
      }
      return map;
    });
  }

  field(wire: Wire, groups: number): PartialField {
    if (wire === 'registers') return this.registers(groups);
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
    const counts = this.items(wire.counts, total) as number[];
    return each((from, to) => {
      const map = new Map<number | string, number>();
      for (let i = from; i < to; i++) map.set(keys[i] as number | string, counts[i] as number);
      return map;
    });
  }
}

/** Added to the number of groups of a reply that has all numbered groups, also those without rows, and no keys. */
export const DENSE_REPLY = 2 ** 31;
/** Added to that where no group has more than 255 rows: then their numbers are bytes. */
export const BYTE_COUNTS = 2 ** 30;
/** Added where groups have rows of one unit alone: fields that only merges of units change are 0 and left out. */
export const ONE_UNIT = 2 ** 29;

/** @throws RangeError where the reply is not of the shape that the kernel was generated to give */
export function readPartial(body: FoldBody, reply: Buffer): Partial {
  const first = reply.readUInt32LE(0);
  const dense = first >= DENSE_REPLY;
  const groups = first % ONE_UNIT;
  const single = Math.floor(first / ONE_UNIT) % 2 === 1;
  const reader = new Reader(reply);
  const strides = dense ? reader.sizes(body.keyWires.length - 1) : [];
  const keys = dense
    ? []
    : body.keyWires.map((wire) => reader.items(wire === 'code' ? 'H' : wire === 'number' ? 'number' : 'S', groups));
  const bytes = dense && first >= DENSE_REPLY + BYTE_COUNTS;
  const rows = bytes ? reader.bytes(groups) : reader.items(body.countWire, groups);
  const fields = body.states.flatMap(({ code }) =>
    code.fields.map(({ wire, byMerge }): PartialField => {
      return single && byMerge ? new Array<number>(groups).fill(0) : reader.field(wire, groups);
    }),
  );
  if (reader.at !== reply.length) {
    throw new RangeError(`a partial of ${reply.length} bytes where ${reader.at} were expected`);
  }
  const partial = { groups, keys, rows, fields };
  return dense ? withKeys(partial, [1, ...strides]) : partial;
}

/** The groups that have rows, and their codes, which follow from their places. */
function withKeys({ groups, rows, fields }: Partial, strides: readonly number[]): Partial {
  const present: number[] = [];
  for (let g = 0; g < groups; g++) if (rows[g] !== 0) present.push(g);
  const keys = strides.map((stride, key) => {
    const next = strides[key + 1];
    return present.map((g) => Math.floor((next === undefined ? g : g % next) / stride));
  });
  if (present.length === groups) return { groups, keys, rows, fields };
  const kept = <T>(column: ArrayLike<T>): T[] => present.map((g) => column[g] as T);
  // Fields of such replies are numbers.
  return {
    groups: present.length,
    keys,
    rows: kept(rows),
    fields: fields.map((field) => kept(field as PartialColumn)),
  };
}

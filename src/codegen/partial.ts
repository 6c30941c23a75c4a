/** The reply of a kernel, column by column, as it is read from the wire or made on the client side. */

import { REGISTERS } from '../aggregates/hyperloglog.js';
import type { Physical } from '../expr/typed.js';
import type { FoldBody } from './body.js';
import { DENSE_REGISTERS } from './hash-constants.js';
import type { ItemWire, Wire } from './state-code.js';

export type PartialColumn = ArrayLike<Physical>;
/** A map or a list for each group. */
export type PartialTables = ArrayLike<Counts> | ArrayLike<readonly Physical[]>;
export type PartialField = PartialColumn | PartialTables;

export interface Partial {
  readonly groups: number;
  /** One a key: codes of the chunk, or values (strings as bytes, one char each). */
  readonly keys: readonly PartialColumn[];
  readonly rows: PartialColumn;
  /** One a field of each state, in the order of the body's states. */
  readonly fields: readonly PartialField[];
}

type Numbers = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

interface NumbersType<T extends Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike): T;
}

/** A map of a state: from values, or numbers of buckets, bins, registers or limbs, to whole numbers. */
export type Counts = ReadonlyMap<number | string, number>;

/** Most groups have nothing in a map that is there for the rare case. Never added to. */
export const NO_ENTRIES: Counts = new Map();

/** Stands for the size of a null. */
const NO_STRING = 0xffffffff;

/** Reads a reply from its start to its end. */
class Reader {
  readonly #reply: Buffer;
  at = 4;

  constructor(reply: Buffer) {
    this.#reply = reply;
  }

  /** Typed arrays of their own, for they begin anywhere in a reply, and are added to. */
  #numbers<T extends Numbers>(type: NumbersType<T>, count: number): T {
    const start = this.#reply.byteOffset + this.at;
    this.at += type.BYTES_PER_ELEMENT * count;
    if (this.at > this.#reply.length) throw new RangeError('a partial that is cut short');
    return new type(this.#reply.buffer.slice(start, this.#reply.byteOffset + this.at));
  }

  bytes(count: number): Uint8Array {
    return this.#numbers(Uint8Array, count);
  }

  sizes(count: number): Uint32Array {
    return this.#numbers(Uint32Array, count);
  }

  items(wire: ItemWire, count: number): PartialColumn {
    switch (wire) {
      case 'H':
        return this.#numbers(Uint16Array, count);
      case 'i4':
        return this.#numbers(Int32Array, count);
      case 'd':
        return this.#numbers(Float64Array, count);
      case 'number': {
        const flags = this.bytes(count);
        const values = this.#numbers(Float64Array, count);
        if (!flags.includes(0)) return values;
        return Array.from(values, (value, i) => (flags[i] === 0 ? null : value));
      }
      case 'S':
        return this.#strings(this.sizes(count));
    }
  }

  #strings(sizes: Uint32Array): Physical[] {
    const start = this.at;
    for (const size of sizes) if (size !== NO_STRING) this.at += size;
    if (this.at > this.#reply.length) throw new RangeError('a partial that is cut short');
    // Cut out of one string: quicker than a string from bytes each.
    const all = this.#reply.toString('latin1', start, this.at);
    let end = 0;
    return Array.from(sizes, (size) => {
      if (size === NO_STRING) return null;
      end += size;
      return all.slice(end - size, end);
    });
  }

  registers(groups: number): PartialField {
    const sizes = this.sizes(groups);
    const sparse = sizes.filter((size) => size <= DENSE_REGISTERS).reduce((sum, size) => sum + size, 0);
    const keys = this.items('H', sparse);
    const ranks = this.bytes(sparse);
    let next = 0;
    return Array.from(sizes, (size) => {
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
      Array.from(sizes, (size) => {
        first += size;
        return make(first - size, first);
      });
    if ('list' in wire) {
      const items = Array.from(this.items(wire.list, total));
      return each((from, to) => items.slice(from, to));
    }
    const keys = this.items(wire.map, total);
    const counts = this.items(wire.counts, total);
    return each((from, to) => {
      if (from === to) return NO_ENTRIES;
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
      return single && byMerge ? new Float64Array(groups) : reader.field(wire, groups);
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

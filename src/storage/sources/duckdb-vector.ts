/**
 * The bytes behind DuckDB's vectors. Its node API makes a JavaScript value of every item, which is ten times slower than
 * reading the memory itself; the memory is there, but not in the declared types, so that this file checks what it finds.
 */
import { ShardfoldError } from '../../errors.js';
import type { Raw } from './numbers.js';

/** The part of a vector that is public. */
export interface Vector {
  readonly itemCount: number;
  getItem(index: number): unknown;
}

interface Inside {
  readonly items?: unknown;
  readonly dataView?: unknown;
  readonly validity?: { readonly data?: unknown; readonly offset?: unknown };
}

export type RawMaker = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Raw;
};

/** The items of a vector as an array of the given kind. */
export function itemsAs<M extends RawMaker>(vector: Vector, maker: M): InstanceType<M> {
  const { items, dataView } = vector as Inside;
  const bytes = ArrayBuffer.isView(items) ? items : dataView;
  if (!ArrayBuffer.isView(bytes)) throw unknownLayout();
  const { buffer, byteOffset, byteLength } = bytes;
  return new maker(buffer, byteOffset, Math.floor(byteLength / maker.BYTES_PER_ELEMENT)) as InstanceType<M>;
}

/** The validity bitmap of a vector; undefined where no row is null. */
export function validityOf(vector: Vector): Uint8Array | undefined {
  const { validity } = vector as Inside;
  if (validity === undefined || validity.data === undefined || validity.offset !== 0) throw unknownLayout();
  if (validity.data === null) return undefined;
  if (!(validity.data instanceof BigUint64Array)) throw unknownLayout();
  const { buffer, byteOffset, byteLength } = validity.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function unknownLayout(): ShardfoldError {
  return new ShardfoldError('MISSING_DEPENDENCY', 'this version of @duckdb/node-api lays its vectors out differently', {
    hint: 'npm i @duckdb/node-api@1.5',
  });
}

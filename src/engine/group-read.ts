/** From a kernel's partial to columns of states: codes become what they stand for, sums of codes sums of values. */

import type { StateField } from '../aggregates/index.js';
import type { FoldBody, PlacedState } from '../codegen/body.js';
import type { StateColumn } from '../codegen/merge-columns.js';
import { NO_ENTRIES, type Partial, type PartialColumn, type PartialField } from '../codegen/partial.js';
import { isDictionary } from '../codegen/shape.js';
import type { Physical } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import type { StateLayout } from './state-layout.js';

/** Entry of a dictionary column, by the column's index and the code. */
export type TextOfCode = (index: number, code: number) => string;

/** What codes stand for: the chunk that a partial is of, and its dictionaries. */
export interface Codes {
  readonly chunk: ChunkMeta;
  readonly text: TextOfCode;
}

/** The kernel that a partial comes from; partials of keys hold no codes. */
export interface PartialSource {
  readonly body: FoldBody;
  readonly codes?: Codes;
}

function codesOf({ codes }: PartialSource): Codes {
  if (codes === undefined) throw new TypeError('codes of nothing');
  return codes;
}

const LIMB = 2 ** 32;

/** The values of a partial's keys, column by column. */
export function readKeys(partial: Partial, source: PartialSource): ArrayLike<Physical>[] {
  const { body } = source;
  return body.shape.spec.keys.map((key, i) => {
    const values = partial.keys[i] as PartialColumn;
    if (body.keyWires[i] !== 'code' || key.kind !== 'column') return values;
    const value = valueOfCode(codesOf(source), key.index);
    const out = new Array<Physical>(partial.groups);
    for (let group = 0; group < partial.groups; group++) out[group] = value(values[group] as number);
    return out;
  });
}

/** The columns of a partial's states as the layout has them. */
export function readStates(partial: Partial, source: PartialSource, layout: StateLayout): StateColumn[] {
  const { groups } = partial;
  const columns: StateColumn[] = new Array<StateColumn>(layout.initial.length);
  columns[0] = numbers(partial.rows, groups);
  let field = 0;
  // Counts first, for others are read by them.
  const others: (() => void)[] = [];
  for (const placed of source.body.states) {
    const fields = partial.fields.slice(field, field + placed.code.fields.length);
    field += fields.length;
    const { first } = layout.place(placed);
    if (placed.kind === 'valid') {
      columns[first] = numbers(fields[0] as PartialField, groups);
      continue;
    }
    others.push(() => {
      for (const [i, column] of readState(placed, fields, source, { layout, columns }).entries()) {
        columns[first + i] = column;
      }
    });
  }
  // Numbers of values that a kernel did not keep, because they are the numbers of rows. (Of NaN there can be none.)
  for (const { spec, first } of layout.places.flat()) {
    if (spec.kind === 'valid') columns[first] ??= columns[0].slice();
  }
  for (const read of others) read();
  for (let i = 0; i < columns.length; i++) columns[i] ??= layout.column(i, groups);
  return columns;
}

function numbers(column: PartialField, groups: number): Float64Array {
  if (column instanceof Float64Array) return column;
  const out = new Float64Array(groups);
  for (let group = 0; group < groups; group++) out[group] = column[group] as number;
  return out;
}

interface Target {
  readonly layout: StateLayout;
  /** Those read so far: the numbers of rows and of values. */
  readonly columns: readonly StateColumn[];
}

function readState(
  { arg, state, kind, code, coded }: PlacedState,
  fields: readonly PartialField[],
  source: PartialSource,
  { layout, columns }: Target,
): StateColumn[] {
  const exprs = source.body.shape.spec.args[arg]?.exprs ?? [];
  const { first } = layout.place({ arg, state });
  const counts = columns[layout.countOf(arg)] as Float64Array;
  const groups = counts.length;
  if (kind === 'sumWhole' || kind === 'sumSquares') {
    if (fields.length > 1) return fields.map((field) => numbers(field, groups));
    const [expr] = exprs;
    const column =
      coded[0] && expr?.kind === 'column' ? (codesOf(source).chunk.columns[expr.index] as ColumnChunk) : undefined;
    return sums(fields[0] as PartialColumn, counts, column);
  }
  const isExtreme = kind.startsWith('min') || kind.startsWith('max');
  return fields.map((field, i): StateColumn => {
    const { holds } = code.fields[i] as (typeof code.fields)[number];
    const of = holds === undefined || !coded[holds] ? undefined : exprs[holds];
    if (of?.kind !== 'column') {
      if (typeof layout.initial[first + i] === 'number') return numbers(field, groups);
      return Array.from(field as ArrayLike<StateField>, shared);
    }
    const out = layout.column(first + i, groups);
    const decode = decoder(valueOfCode(codesOf(source), of.index));
    for (let group = 0; group < groups; group++) {
      // Without values an extreme's code means nothing: any may also stand for a value.
      if (!isExtreme || counts[group] !== 0) out[group] = decode(field[group] as StateField) as number;
    }
    return out;
  });
}

/** Maps without entries are many, and then one. */
const shared = (field: StateField): StateField => (field instanceof Map && field.size === 0 ? NO_ENTRIES : field);

/** Codes of a field as what they stand for: of one value, of the keys of a map, of the items of a list. */
function decoder(value: (code: number) => Physical): (field: StateField) => StateField {
  return (field) => {
    if (typeof field === 'number') return value(field);
    if (field instanceof Map) {
      return new Map(
        [...(field as ReadonlyMap<number, number>)].map(([code, count]) => [value(code) as number, count]),
      );
    }
    return (field as readonly number[]).map(value);
  };
}

/** Whole sums as high * 2^32 + low. @param column of which they are sums of codes */
function sums(field: PartialColumn, counts: Float64Array, column: ColumnChunk | undefined): StateColumn[] {
  const [high, low] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  for (let group = 0; group < counts.length; group++) {
    const sum = field[group] as number;
    const total = column === undefined ? sum : exactTotal(column, sum, counts[group] as number);
    if (typeof total === 'number') {
      const limb = Math.floor(total / LIMB);
      high[group] = limb;
      low[group] = total - limb * LIMB;
    } else {
      high[group] = Number(total >> 32n);
      low[group] = Number(BigInt.asUintN(32, total));
    }
  }
  return [high, low];
}

/** The sum of `count` values from the sum of their codes; a bigint where it may be beyond 2^53. */
function exactTotal({ base, step }: ColumnChunk, codes: number, count: number): number | bigint {
  const isExact = Math.abs(base) * count + step * codes <= Number.MAX_SAFE_INTEGER;
  return isExact ? base * count + step * codes : BigInt(base) * BigInt(count) + BigInt(step) * BigInt(codes);
}

function valueOfCode({ chunk, text }: Codes, index: number): (code: number) => Physical {
  const { encoding, base, step } = chunk.columns[index] as ColumnChunk;
  if (isDictionary(encoding)) return (code) => (code === 0 ? null : text(index, code));
  return (code) => (code === 0 ? null : base + code * step);
}

/** What a kernel is generated from: the fold that a plan asks for, and how the columns of a chunk are packed. */

import type { FoldArg } from '../aggregates/index.js';
import type { ColumnBounds } from '../expr/bounds.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk, ColumnType, Encoding, Schema, Stride } from '../storage/types.js';
import type { KernelLookup } from './join-table.js';

/** One pass over rows: join them with others, keep those for which the filter is true, group them by the keys, keep states of the arguments. */
export interface FoldSpec {
  readonly lookups?: readonly KernelLookup[];
  readonly filter: TypedExpr | undefined;
  readonly keys: readonly TypedExpr[];
  readonly args: readonly FoldArg[];
  /** Indexes of the table's columns that the pass reads, ascending. */
  readonly columns: readonly number[];
  /** Of whole-number columns, over the whole table, so that all chunks are computed alike. */
  readonly bounds: ColumnBounds;
  /** The most rows of a call; those of a chunk where it is not said. */
  readonly maxRows?: number;
}

/** A column as a kernel meets it. `slot` is its place among the columns the kernel reads. */
export interface KernelColumn {
  readonly slot: number;
  readonly index: number;
  readonly type: ColumnType;
  readonly encoding: Encoding;
  readonly nullable: boolean;
  /** Whether codes are one apart, as they mostly are: a multiplication less a row. */
  readonly unitStep: boolean;
  /** Whether its codes are made, not fetched. */
  readonly made?: true;
  readonly stride?: Stride;
}

export interface KernelShape {
  readonly spec: FoldSpec;
  readonly columns: readonly KernelColumn[];
  /** Whether groups are numbered by their codes directly (few of them) or looked up in a hash table. */
  readonly dense: boolean;
}

/** Groups up to here get a place in an array by their codes: cheaper than a look-up, and empty ones cost little. */
const FEW_GROUPS = 1024;
/** So many where each has four rows of the chunk and none is filtered away: most then have rows even in a unit of the chunk. */
const MANY_GROUPS = 16_384;
const ROWS_A_GROUP = 4;
/** Places in all arrays of a kernel, 16 bytes each, of which up to five sets stand at once. */
const MAX_PLACES = 2 ** 17;

function mostDenseGroups({ filter, args }: FoldSpec, { rows }: ChunkMeta): number {
  if (filter !== undefined) return FEW_GROUPS;
  const states = args.reduce((sum, arg) => sum + arg.states.length, 1);
  return Math.max(FEW_GROUPS, Math.min(MANY_GROUPS, rows / ROWS_A_GROUP, MAX_PLACES / states));
}

/** Encodings whose values are small whole codes, 0 for null. */
export const isCoded = (encoding: Encoding): boolean =>
  encoding === 'u8' || encoding === 'u16' || encoding === 'dict8' || encoding === 'dict16';
export const isDictionary = (encoding: Encoding): boolean => encoding === 'dict8' || encoding === 'dict16';
/** Whether nulls are told by a validity bitmap; those of coded columns are code 0. */
export const hasBitmap = ({ nullable, encoding }: KernelColumn): boolean => nullable && !isCoded(encoding);
export const isWideCode = (encoding: Encoding): boolean => encoding === 'u16' || encoding === 'dict16';

export function kernelColumns(spec: Pick<FoldSpec, 'columns'>, schema: Schema, chunk: ChunkMeta): KernelColumn[] {
  return spec.columns.map((index, slot) => {
    const { encoding, nullCount, step, stride, made } = chunk.columns[index] as ColumnChunk;
    return {
      unitStep: step === 1,
      slot,
      index,
      type: (schema[index] as Schema[number]).type,
      encoding,
      nullable: nullCount > 0,
      ...(stride && { stride }),
      ...(made && { made }),
    };
  });
}

/** Codes that a coded column may show, null's 0 included. */
export function codeCount(column: ColumnChunk): number {
  if (isDictionary(column.encoding)) return column.dictionaryEntries + 1;
  return column.max === undefined ? 1 : Math.round(((column.max as number) - column.base) / column.step) + 1;
}

/** How far apart the codes of each key lie when keys are numbered directly; undefined where there are too many. */
export function denseStrides(spec: FoldSpec, chunk: ChunkMeta): number[] | undefined {
  const strides: number[] = [];
  const most = mostDenseGroups(spec, chunk);
  let groups = 1;
  for (const key of spec.keys) {
    const column = key.kind === 'column' ? chunk.columns[key.index] : undefined;
    if (column === undefined || !isCoded(column.encoding)) return undefined;
    strides.push(groups);
    groups *= codeCount(column);
    if (groups > most) return undefined;
  }
  return [...strides, groups];
}

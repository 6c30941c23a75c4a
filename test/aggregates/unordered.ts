/** Aggregates over a chunk written by hand as if its rows had no order: in parts, on both sides, merged in any order. */
import type { BoundAggregate, StateField } from '../../src/aggregates/index.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { Kernels, type Slice } from '../../src/codegen/kernel.js';
import type { Partial } from '../../src/codegen/partial.js';
import { foldOnClient, sliceColumn } from '../../src/engine/client-side.js';
import { GroupLayout, type Groups } from '../../src/engine/groups.js';
import { foldInShard } from '../../src/engine/shard-side.js';
import { StateReader } from '../../src/engine/state-layout.js';
import { ShardfoldError } from '../../src/errors.js';
import { type AggregateExpr, col, corr, covar, covarPop } from '../../src/index.js';
import type { ColumnBuffers } from '../../src/storage/decode.js';
import type { ColumnType } from '../../src/storage/types.js';
import { type WrittenChunk, writeChunk } from '../codegen/chunk.js';
import type { Name, Results, Row } from '../harness/oracle/moments.js';
import { foldOn } from '../harness/passes.js';

const [x, y] = [col('x'), col('y')];
export const AGGREGATES = {
  sum: x.sum(),
  mean: x.mean(),
  var: x.var(),
  std: x.std(),
  varPop: x.varPop(),
  stdPop: x.stdPop(),
  covar: covar(x, y),
  covarPop: covarPop(x, y),
  corr: corr(x, y),
  weightedMean: x.weightedMean(y),
} satisfies Record<Name, AggregateExpr>;

/** @param types of x and y, float64 where there is none */
export function writeRows(
  link: ClusterLink,
  rows: readonly Row[],
  [ofX = 'float64', ofY = 'float64']: readonly ColumnType[],
): Promise<WrittenChunk> {
  const numbers = (place: 0 | 1 | 2) => {
    const values = Float64Array.from(rows, (row) => row[place] ?? 0);
    const valid = Uint8Array.from(rows, (row) => Number(row[place] !== null));
    return { kind: 'number', values, ...(valid.includes(0) && { valid }) } as const;
  };
  const columns = [
    ['x', ofX, numbers(0)],
    ['y', ofY, numbers(1)],
    ['k', 'int32', numbers(2)],
  ] as const;
  return writeChunk(link, columns, rows.length, link.context());
}

const planOf = ({ snapshot }: WrittenChunk, keys: readonly string[], exact: boolean) =>
  foldOn(
    {
      kind: 'aggregate',
      input: { kind: 'scan', table: 't' },
      keys: keys.map((name) => ({ name, node: col(name).node })),
      aggregates: Object.entries(AGGREGATES).map(([name, { node }]) => ({ name, node })),
    },
    snapshot,
    exact,
  );

const plain = ({ groups, keys, rows, fields }: Partial) => ({
  groups,
  keys: keys.map((column) => Array.from(column)),
  rows: Array.from(rows),
  fields: fields.map((column) => Array.from(column as ArrayLike<unknown>)),
});

function finished(aggregate: BoundAggregate, reader: StateReader, row: number): unknown {
  try {
    return aggregate.finish(reader.of(row));
  } catch (error) {
    if (error instanceof ShardfoldError) return error.code;
    throw error;
  }
}

export type Change = (fields: StateField[], kind: string) => void;

export interface Way {
  readonly keys?: readonly string[];
  /** Rows at which they are cut, multiples of 8. */
  readonly cuts?: readonly number[];
  readonly exact?: boolean;
  /** In which order parts merge, as numbers below 1. */
  readonly order?: readonly number[];
  /** Spoils the merged states, from which only one aggregate is then finished. */
  readonly change?: Change;
  readonly only?: Name;
}

/** The aggregates of each group, which both sides must find in each part with the same bits. */
export async function resultsOf(link: ClusterLink, written: WrittenChunk, way: Way): Promise<Map<unknown, Results>> {
  const { keys = [], cuts = [], exact = true, order = [], change, only } = way;
  const { snapshot, chunk, buffers } = written;
  const { spec, outputs } = planOf(written, keys, exact);
  const kernel = new Kernels(spec, snapshot.schema).of(chunk);
  const layout = new GroupLayout(spec);
  const ends = [...new Set([0, ...cuts.filter((at) => at < chunk.rows), chunk.rows])].sort((a, b) => a - b);
  const parts: Groups[] = [];
  for (const [i, firstRow] of ends.slice(0, -1).entries()) {
    const slice: Slice = { chunk, firstRow, rows: (ends[i + 1] as number) - firstRow };
    const { partial } = await foldInShard(link, snapshot, kernel, slice, link.context());
    const columns = kernel.body.shape.columns.map((column) =>
      sliceColumn(column, slice, buffers[column.index] as ColumnBuffers),
    );
    expect(plain(partial)).toEqual(plain(foldOnClient(kernel, slice, columns)));
    parts.push(layout.read(partial, { body: kernel.body, codes: { chunk, text: () => '' } }));
  }
  for (let step = 0; parts.length > 1; step++) {
    const [left] = parts.splice(Math.floor((order[step] ?? 0) * parts.length), 1) as [Groups];
    const place = Math.floor((order[step] ?? 0) * parts.length);
    parts[place] = layout.merge(left, parts[place] as Groups);
  }
  const [groups] = parts as [Groups];
  for (const { spec: state, first, size } of layout.states.places.flat()) {
    const columns = groups.columns.slice(first, first + size);
    const fields = columns.map((column) => column[0] as StateField);
    change?.(fields, state.kind);
    for (const [i, column] of columns.entries()) column[0] = fields[i] as number;
  }
  const reader = new StateReader(
    layout.states,
    groups.columns,
    Uint32Array.from({ length: groups.rows }, (_, i) => i),
  );
  const aggregates = outputs.flatMap((output) =>
    output.kind !== 'aggregate' || (only ?? output.name) !== output.name ? [] : [output],
  );
  return new Map(
    Array.from({ length: groups.rows }, (_, row) => [
      keys.length === 0 ? undefined : layout.index.columns[0]?.at(groups.ids[row] as number),
      Object.fromEntries(aggregates.map(({ name, aggregate }) => [name, finished(aggregate, reader, row)])) as Results,
    ]),
  );
}

/** Rows of one slice, computed on either side: the same rows, the same bits. */

import type { CallContext } from '../cluster/types.js';
import { type Slice, thresholdsOf } from '../codegen/arguments.js';
import { joinedRowsKernel } from '../codegen/join-rows.js';
import { type RowsFound, type RowsInput, type RowsKernel, rowsKernel } from '../codegen/js-rows.js';
import { compileJavaScript } from '../codegen/js-runtime.js';
import { layoutOf, packRows, type RawRows, type RowsAsked, RowsScripts } from '../codegen/rows-kernel.js';
import { isCodeWire, type RowWire } from '../codegen/rows-shape.js';
import { isDictionary, kernelColumns } from '../codegen/shape.js';
import { ShardfoldError } from '../errors.js';
import type { Physical, TypedExpr } from '../expr/typed.js';
import { missingChunkError } from '../storage/read.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import { chunkColumns } from './chunk-columns.js';
import { dictionary } from './columns.js';
import { sentBytes } from './join-limits.js';
import { withPlace } from './overflow.js';
import type { RowSide } from './scan-side.js';
import type { RowWork } from './scan-spec.js';
import { callKernel, KernelTooLarge, passedOver } from './shard-side.js';

/** Which rows of a slice. */
export interface Which {
  /** The first row that counts, how many that pass are left out, and how many are wanted at most. */
  readonly from?: number;
  readonly skip?: number;
  readonly limit?: number;
  /** Rows by their numbers in the slice, where they are known already. */
  readonly list?: readonly number[];
  /** On the client side, whatever the rest of the pass does. */
  readonly pull?: boolean;
}

export interface RowsResult extends RowsFound {
  readonly side: 'shards' | 'client';
  readonly microseconds: number;
}

/** One kind of question to the slices of a table. */
export class RowsPass {
  readonly #work: RowWork;
  readonly #asked: RowsAsked;
  readonly #side: RowSide;
  readonly #scripts: RowsScripts;
  readonly #kernels = new Map<string, RowsKernel>();

  constructor(
    work: RowWork,
    side: RowSide,
    asked: Pick<RowsAsked, 'lookups' | 'filter' | 'exprs' | 'listed' | 'numbered'>,
  ) {
    this.#work = work;
    this.#asked = { ...asked, bounds: work.spec.bounds, columns: work.spec.columns };
    this.#side = side;
    this.#scripts = new RowsScripts(this.#asked, work.spec.snapshot.schema);
  }

  /** Indexes of the table's columns that are read. */
  get columns(): readonly number[] {
    return this.#scripts.columns;
  }

  async run(slice: Slice, which: Which, context: CallContext): Promise<RowsResult> {
    const { script } = this.#scripts.of(slice.chunk, isFew(slice, which));
    if (which.pull !== true && !this.#side.pullsFor(script.sha1)) {
      try {
        return await this.#inShard(slice, which, context);
      } catch (error) {
        if (!(error instanceof KernelTooLarge)) throw error;
        this.#side.giveUp('Lua cannot hold a kernel of this size');
      }
    }
    return this.#onClient(slice, which, context);
  }

  async #inShard(slice: Slice, which: Which, context: CallContext): Promise<RowsResult> {
    const { link, spec } = this.#work;
    const { script, wires } = this.#scripts.of(slice.chunk, isFew(slice, which));
    const { from = 0, skip = 0, limit = Number.POSITIVE_INFINITY, list } = which;
    const sent = (this.#asked.lookups ?? []).flatMap(({ table }) => table.arguments);
    const args = script.args(slice, [from, skip, limit], list === undefined ? sent : [packRows(list)]);
    const { lua, sha1, keys, columns: read } = script;
    const place = { link, snapshot: spec.snapshot, context };
    const called = callKernel(place, { lua, sha1, keys, columns: read, args }, slice);
    const [bytes, microseconds, seen] = await called.catch(async (error: unknown) => {
      throw await lostOr(error, this.#work, slice.chunk, context);
    });
    const raw = readReply(slice, () => this.#scripts.read(wires, bytes));
    if (seen !== slice.rows && raw.passed < skip + limit) throw passedOver(slice, seen);
    if (list === undefined) this.#side.weigh(slice, this.columns, bytes.length + sentBytes(this.#asked));
    const columns = await this.#physical(raw, wires, slice.chunk, context);
    return { passed: raw.passed, rows: raw.rows, columns, side: 'shards', microseconds };
  }

  /** Codes become what they stand for. */
  #physical(raw: RawRows, wires: readonly RowWire[], chunk: ChunkMeta, context: CallContext) {
    return Promise.all(
      raw.values.map(async (values, i): Promise<readonly Physical[]> => {
        const expr = this.#asked.exprs[i] as TypedExpr;
        if (!isCodeWire(wires[i] as RowWire) || expr.kind !== 'column' || values.length === 0) return values;
        return decoded(this.#work, values as readonly number[], { chunk, index: expr.index }, context);
      }),
    );
  }

  async #onClient(slice: Slice, which: Which, context: CallContext): Promise<RowsResult> {
    const { link, spec } = this.#work;
    const { chunk } = slice;
    const columns = kernelColumns({ columns: this.columns }, spec.snapshot.schema, chunk);
    const { source, constants } = this.#kernel(chunk);
    const input: RowsInput = {
      rows: slice.rows,
      columns: await chunkColumns(link, { snapshot: spec.snapshot, columns }, slice, context),
      numbers: constants.numbers,
      strings: constants.strings,
      sets: constants.sets.map(({ values }) => values),
      thresholds: thresholdsOf(constants, chunk),
      strides: [],
      from: which.from ?? 0,
      skip: which.skip ?? 0,
      limit: which.limit ?? Number.POSITIVE_INFINITY,
      ...(which.list && { list: which.list }),
      ...(this.#asked.lookups && { lookups: this.#asked.lookups.map(({ table }) => table.input) }),
    };
    const found = withPlace(slice, () => compileJavaScript<RowsFound>(source)(input));
    return { ...found, side: 'client', microseconds: 0 };
  }

  #kernel(chunk: ChunkMeta): RowsKernel {
    const { lookups, filter, exprs, bounds, listed = false } = this.#asked;
    const columns = kernelColumns({ columns: this.columns }, this.#work.spec.snapshot.schema, chunk);
    const layout = layoutOf(columns);
    let kernel = this.#kernels.get(layout);
    if (kernel === undefined) {
      kernel = lookups
        ? joinedRowsKernel(columns, { filter, lookups }, exprs, bounds)
        : rowsKernel(columns, listed ? undefined : filter, exprs, bounds);
      this.#kernels.set(layout, kernel);
    }
    return kernel;
  }
}

/** Rows a listed one, from which on its bytes are fetched by themselves. */
const ROWS_A_POINT = 128;

export const isFew = ({ rows }: Slice, { list }: Which): boolean =>
  list !== undefined && list.length * ROWS_A_POINT < rows;

/** Values behind the codes of a column of a chunk. */
export async function decoded(
  { link, spec }: Pick<RowWork, 'link' | 'spec'>,
  codes: readonly number[],
  { chunk, index }: { chunk: ChunkMeta; index: number },
  context: CallContext,
): Promise<Physical[]> {
  const { encoding, base, step } = chunk.columns[index] as ColumnChunk;
  if (!isDictionary(encoding)) return codes.map((code) => (code === 0 ? null : base + code * step));
  if (codes.every((code) => code === 0)) return codes.map(() => null);
  const text = await dictionary(link, spec.snapshot, chunk, index, context);
  return codes.map((code) => (code === 0 ? null : text(code)));
}

/** @throws KERNEL_FAILED where a reply is not of the shape that the kernel was generated to give */
export function readReply<Result>({ chunk }: Slice, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `a kernel's reply for chunk ${chunk.index} cannot be read: ${error.message}`;
    throw new ShardfoldError('KERNEL_FAILED', message, { slot: chunk.slot, kernel: 'generated', cause: error });
  }
}

/** What a shard says of keys that are not as the manifest has them, in the words of storage. */
export async function lostOr(error: unknown, { link, spec }: RowWork, chunk: ChunkMeta, context: CallContext) {
  const lost = error instanceof ShardfoldError && error.code === 'DATA_LOSS';
  return lost ? missingChunkError(link, spec.snapshot, chunk, context) : error;
}

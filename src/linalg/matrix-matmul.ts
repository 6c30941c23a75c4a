/**
 * C = A·B. The rows of A stay in their shards; B comes to this process in panels of rows and goes along with the calls in strips of
 * columns; C is gathered here, some rows at a time, and written by the ordinary writer. With a B that is small C never leaves the shards.
 */

import type { CallContext } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import { packStrips } from '../kernels/matmul.js';
import type { Columns } from '../kernels/rows.js';
import { callKernel } from './call.js';
import type { Work } from './matrix-elementwise.js';
import { type MatrixSnapshot, showShape } from './matrix-open.js';
import { readArea } from './matrix-read.js';
import { type MatrixWrite, writeMatrix } from './matrix-set.js';
import { goAlong, SMALL, WIDEST } from './project.js';
import type { VectorReceipt } from './receipt.js';
import { overRows, RowAccount, type RowCall } from './row-calls.js';
import { Resident } from './sources.js';
import { addTile } from './tiles.js';
import { transformInto } from './transform.js';

/** Numbers of B that this process holds at once, and as many of C: 32 MiB each. */
const HELD = 2 ** 22;
/** Columns of A whose products are summed in a shard; the sums of such panels are added here, in their order. */
const PANEL = 128;
/** Multiply-adds of a call: about a millisecond. Decoding a value takes as long as six of them, replying one as eight. */
const CALL_WORK = 90_000;
const [DECODING, REPLYING] = [6, 8];

export interface Tiling {
  /** Columns of A, and of B, in a call. */
  readonly inner: number;
  readonly width: number;
  readonly rowsOfCall: number;
}

/** How a product of n columns is cut, from the shapes and the blocks alone; only `inner` says in which order sums are made. */
export function tilingOf({ cols: k, blockRows }: Pick<MatrixSnapshot, 'cols' | 'blockRows'>, n: number): Tiling {
  const inner = k * n <= SMALL && k <= WIDEST ? k : Math.min(k, PANEL);
  const rows = Math.min(blockRows, 24);
  const wide = Math.max(32, 16 * Math.floor(CALL_WORK / (16 * inner * rows)));
  const width = Math.min(n, inner === k && n <= 64 ? n : wide);
  const rowWork = inner * width + DECODING * inner + REPLYING * width;
  const fitting = Math.max(1, Math.floor(CALL_WORK / rowWork));
  return { inner, width, rowsOfCall: fitting < 8 ? fitting : fitting - (fitting % 8) };
}

/** @throws SHAPE_MISMATCH */
export function checkProduct(a: MatrixSnapshot, b: MatrixSnapshot): void {
  if (a.cols === b.rows) return;
  throw new ShardfoldError(
    'SHAPE_MISMATCH',
    `"${a.table.name}" of shape ${showShape(a)} times "${b.table.name}" of shape ${showShape(b)}`,
    { hint: 'the left one needs as many columns as the right one has rows' },
  );
}

/**
 * Writes A·B. A small B goes whole, as the factors of Q do (`transformInto`). Of another one this process holds 32 MiB, and as much of C
 * (and what is on its way); one that is larger is pulled once for every 32 MiB of C.
 */
export async function matmulInto(
  work: Work,
  { a, b, into, held = HELD }: ProductWork,
  write: MatrixWrite,
): Promise<VectorReceipt> {
  checkProduct(a, b);
  const shape = [b.rows, b.cols] as const;
  if (goAlong([shape])) {
    const { result: data } = await readArea(work.link, b, { r0: 0, r1: b.rows, c0: 0, c1: b.cols }, work.context);
    return transformInto(work, a, { change: { factors: [{ data, shape }] }, into, write, held, operands: [b.table] });
  }
  const product = new Product(work, { a, b, held });
  const source = { cols: b.cols, runs: product.runs(), operands: [a.table, b.table] };
  const written = await writeMatrix(work.link, into, source, write, work.context);
  return { ...product.account.finish(), written };
}

export interface ProductWork {
  readonly a: MatrixSnapshot;
  readonly b: MatrixSnapshot;
  readonly into: string;
  /** Numbers of B, and of C, that are held at once, 32 MiB by default; the bits of the product do not depend on it. */
  readonly held?: number;
}

/** Some rows of B. */
interface RightPanel {
  readonly from: number;
  readonly rows: number;
  readonly values: Float64Array;
}

class Product {
  readonly account: RowAccount;
  readonly #work: Work;
  readonly #a: MatrixSnapshot;
  readonly #b: MatrixSnapshot;
  readonly #tiling: Tiling;
  readonly #columns: readonly Columns[];
  readonly #panelRows: number;
  readonly #held: number;
  #panel: RightPanel | undefined;

  constructor(work: Work, { a, b, held }: Required<Omit<ProductWork, 'into'>>) {
    this.#work = work;
    this.#held = held;
    this.#a = a;
    this.#b = b;
    this.#tiling = tilingOf(a, b.cols);
    const { inner, width } = this.#tiling;
    this.#panelRows = inner * Math.max(1, Math.floor(held / (inner * b.cols)));
    this.#columns = Array.from({ length: Math.ceil(b.cols / width) }, (_, i) => ({
      from: i * width,
      width: Math.min(width, b.cols - i * width),
    }));
    this.account = new RowAccount(work, a, this.#columns.length * Math.ceil(b.rows / this.#panelRows));
  }

  /** Rows of C, as many at a time as are held. */
  async *runs(): AsyncGenerator<Float64Array> {
    const many = Math.max(1, Math.floor(this.#held / this.#b.cols));
    for (let from = 0; from < this.#a.rows; from += many) {
      yield await this.#rows(from, Math.min(from + many, this.#a.rows));
    }
  }

  async #rows(from: number, to: number): Promise<Float64Array> {
    const values = new Float64Array((to - from) * this.#b.cols);
    const source = new Resident(this.#a.table);
    for (let row = 0; row < this.#b.rows; row += this.#panelRows) {
      const panel = await this.#pull(row);
      const plan = {
        rowsOfCall: this.#tiling.rowsOfCall,
        laps: this.#columns.length,
        rows: { from, to },
        account: this.account,
      };
      await overRows(this.#work, this.#a, plan, async (call, shard, inner) => {
        const columns = this.#columns[call.lap] as Columns;
        const at = { row: call.chunk.firstRow / this.#a.cols + call.firstRow - from, col: columns.from };
        let spent = 0;
        for (const [k, factor] of this.#strips(panel, columns)) {
          const { partial, microseconds } = await this.#call(source, call, k, factor, inner);
          this.account.receipt.call(shard, microseconds);
          spent += microseconds;
          addTile(values, this.#b.cols, partial, { ...at, width: columns.width });
        }
        return spent;
      });
    }
    return values;
  }

  *#strips({ from, rows, values }: RightPanel, columns: Columns): Generator<readonly [Columns, Buffer]> {
    const { inner } = this.#tiling;
    for (let first = 0; first < rows; first += inner) {
      const count = Math.min(inner, rows - first);
      const factor = packStrips(values, this.#b.cols, { from: first, count }, columns);
      yield [{ from: from + first, width: count }, factor];
    }
  }

  #call(
    source: Resident,
    call: RowCall,
    columns: Columns,
    ...[factor, context]: [Buffer, CallContext]
  ): Promise<{ partial: Float64Array; microseconds: number }> {
    const params = { cols: this.#a.cols, columns, factors: [factor] };
    return callKernel(this.#work.link, { kernel: KERNELS.matmul, params, sources: [source] }, call, context);
  }

  async #pull(from: number): Promise<RightPanel> {
    if (this.#panel?.from === from) return this.#panel;
    this.#panel = undefined;
    const { rows, cols } = this.#b;
    const to = Math.min(from + this.#panelRows, rows);
    const area = { r0: from, r1: to, c0: 0, c1: cols };
    const { result: values } = await readArea(this.#work.link, this.#b, area, this.#work.context);
    this.#panel = { from, rows: to - from, values };
    return this.#panel;
  }
}

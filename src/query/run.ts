/** How a query is run: all forms of its result. */

import type { Writable } from 'node:stream';
import { inspect } from 'node:util';
import type { ClusterLink } from '../cluster/types.js';
import { type ExplainOptions, explainQuery } from '../engine/explain.js';
import type { CollectOptions } from '../engine/options.js';
import { type ArrowResult, type ArrowTableLike, collectArrow } from '../engine/results/arrow-table.js';
import { type ColumnsResult, collectColumns } from '../engine/results/columns.js';
import {
  type IntoOptions,
  intoTable,
  type StreamOptions,
  streamOf,
  type WriteFileOptions,
  writeFile,
} from '../engine/results/forms.js';
import type { IntoResult } from '../engine/results/into-types.js';
import { sourceOf } from '../engine/results/open.js';
import { type Page, type PageOptions, pageOf } from '../engine/results/page.js';
import type { QueryStream } from '../engine/results/query-stream.js';
import { collectRows, type ResultRow, type Rows } from '../engine/results/rows.js';
import type { ResultSource } from '../engine/results/source.js';
import type { WrittenFile } from '../engine/results/write/write-result.js';
import { rankQuery } from '../engine/selection-rank.js';
import type { Literal } from '../expr/nodes.js';
import type { PlanNode } from '../plan/nodes.js';
import type { RowsOf, row, Visible } from './infer.js';

/** @typeParam S what a row is as an object */
export abstract class RunnableQuery<out S extends object = ResultRow> implements RowsOf<S> {
  declare readonly [row]: S;
  protected readonly link: ClusterLink;
  /** The plan: frozen data, to be printed or compared. */
  readonly plan: PlanNode;

  constructor(link: ClusterLink, plan: PlanNode) {
    this.link = link;
    this.plan = Object.freeze(plan);
  }

  /**
   * Runs the query on the newest versions of its tables. The rows are plain objects; `rows.receipt` accounts for every chunk
   * and says what it cost. `collect<{ n: number }>()` asserts the shape of the rows for the compiler; nothing checks it.
   *
   * @throws TABLE_NOT_FOUND, UNKNOWN_COLUMN, TYPE_MISMATCH before anything is read; DATA_LOSS, NUMERIC_OVERFLOW, OUT_OF_RANGE,
   *   TIMEOUT, ABORTED, …: a result is whole, or an error
   */
  async collect<Row extends object = Visible<S>>(options: CollectOptions = {}): Promise<Rows<Row>> {
    return collectRows(this.resultSource(options)) as Promise<Rows<object>> as Promise<Rows<Row>>;
  }

  /**
   * Runs the query and gives its columns as typed arrays, with a mask for each column that holds nulls: `{ rows, columns, nulls,
   * types, receipt }`. int64 and timestamps (ms) come as Float64Array, dates (days) as Int32Array, decimals as exact strings.
   */
  async collectColumns<Row extends object = Visible<S>>(options: CollectOptions = {}): Promise<ColumnsResult<Row>> {
    return collectColumns(this.resultSource(options)) as Promise<ColumnsResult<object>> as Promise<ColumnsResult<Row>>;
  }

  /**
   * Runs the query and gives a Table of apache-arrow with the same values and types, and `table.receipt`. For the compiler:
   * `toArrow<Table>()`, with that package's `Table`. @throws MISSING_DEPENDENCY without apache-arrow
   */
  async toArrow<Table extends object = ArrowTableLike>(options: CollectOptions = {}): Promise<ArrowResult<Table>> {
    return collectArrow(this.resultSource(options)) as Promise<ArrowResult<object>> as Promise<ArrowResult<Table>>;
  }

  /**
   * Runs the query while its rows are read: `for await (const batch of query.stream())`, each batch an array of rows. Memory is
   * bounded; while the loop is busy nothing is read ahead but a few chunks; leaving the loop ends all work. `stream.receipt`
   * settles at the end. An error ends the loop: the rows before it are right, but not all.
   */
  stream<Row extends object = Visible<S>>(options: StreamOptions = {}): QueryStream<Row> {
    return streamOf((collect) => this.resultSource(collect), options) as QueryStream<object> as QueryStream<Row>;
  }

  /**
   * Runs the query and writes its rows, in their order, as a table. Readers see all of them or nothing. `mode` is as in
   * `createTable`; a table may be replaced by a query of itself.
   * @throws TABLE_EXISTS, SCHEMA_MISMATCH before a row is read; WRITE_CONFLICT where another writer was first; then nothing is changed
   */
  async into(table: string, options: IntoOptions = {}): Promise<IntoResult> {
    return intoTable(this.link, (collect) => this.resultSource(collect), table, options);
  }

  /**
   * Runs the query and writes its rows to a file: CSV, NDJSON, Parquet or Arrow, by the name or `format`; or to a writable stream.
   * Memory is bounded. The file is there only when it is whole.
   */
  async writeTo(to: string | Writable, options: WriteFileOptions = {}): Promise<WrittenFile> {
    return writeFile((collect) => this.resultSource(collect), to, options);
  }

  /**
   * One page of the rows: `{ rows, next, receipt }`. `next` is the cursor of the page after it, undefined at the end: call
   * `page({ size, after: next })` on the same query. All pages see the versions of the tables that the first one saw, for as long as
   * those are kept (five minutes after they were replaced, unless the writer says otherwise by `graceMs`): no row comes twice and none is missed
   * while rows are appended. `offset` passes over rows before the first page by counting them in the shards.
   *
   * @throws INVALID_CURSOR where `after` is no cursor, or that of another query; VERSION_COLLECTED where its version is gone,
   *   TABLE_NOT_FOUND where its table is; whatever `collect` throws
   */
  async page<Row extends object = Visible<S>>(options: PageOptions): Promise<Page<Row>> {
    return pageOf(this.link, this.plan, options) as Promise<Page<object>> as Promise<Page<Row>>;
  }

  /**
   * How many rows of a sorted query come before those whose sort keys are these values: 0 for the first. Counted in the shards.
   * @throws INVALID_ARGUMENT where the query is not the sorted rows of one table, or is cut
   */
  async rank(values: Literal | readonly Literal[], options: CollectOptions = {}): Promise<number> {
    return rankQuery(this.link, this.plan, Array.isArray(values) ? values : [values as Literal], options);
  }

  /** The plan in words: steps, columns read, chunks pruned, shards, and the generated kernels. */
  explain(options: ExplainOptions = {}): Promise<string> {
    return explainQuery(this.link, this.plan, options);
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return 'Query (not run: call .collect())';
  }

  /** As in a template literal: what `console.log` shows. */
  toString(): string {
    return this[inspect.custom]();
  }

  /** How the rooms of this package read it batch by batch; no part of the public interface. @throws INVALID_ARGUMENT */
  resultSource(options: CollectOptions): ResultSource {
    return sourceOf(this.link, this.plan, options);
  }
}

/** The way in from an app: a connection, and what can be reached through it. */

import { inspect } from 'node:util';
import { type ConnectOptions, connectCluster, type TlsOptions } from './cluster/connect.js';
import type { ClusterLink } from './cluster/types.js';
import { checkOptions } from './engine/check-options.js';
import type { ResultRow } from './engine/results/rows.js';
import { ShardfoldError, showValue } from './errors.js';
import { announce } from './functions/announce.js';
import type { BuiltLibrary, Specs } from './functions/built.js';
import { type Caller, type Callers, callersOf, type FunctionOptions } from './functions/callers.js';
import type { GivenArgs, Result } from './functions/define/infer.js';
import { library } from './functions/library.js';
import { type KeylessSpec, mapShards, type ShardResult } from './functions/map-shards.js';
import { Matrix } from './linalg/matrix.js';
import { Vector } from './linalg/vector.js';
import { ModelMethods } from './models/model-methods.js';
import { HyperLogLogs } from './query/keys/hyperloglogs.js';
import { type IntersectOptions, intersectCount } from './query/keys/intersect.js';
import { type KeySchemas, keyShapes } from './query/keys-schemas.js';
import { Query } from './query/query.js';
import { declaredColumns, type RowOfSchema, type TableSchema } from './query/schema.js';
import { type SqlParameter, sqlPlan } from './sql/plan.js';
import { dropTable, listTables, openTable, openToAppend, type TableInfo } from './storage/catalog.js';
import { type MatrixShape, matrixShape } from './storage/matrix-layout.js';
import { toSource } from './storage/sources/index.js';
import type { ColumnType, TableSnapshot } from './storage/types.js';
import { writeTable } from './storage/write.js';
import { checkMode } from './storage/write-plan.js';
import {
  APPEND_OPTIONS,
  type AppendOptions,
  CREATE_OPTIONS,
  type CreateTableOptions,
  WORK_OPTIONS,
  type WorkOptions,
} from './table-options.js';

const CONNECT_OPTIONS = Object.keys({
  ...{ url: true, username: true, password: true, tls: true, prefix: true, timeout: true },
} satisfies Record<keyof ConnectOptions, true>);

const FUNCTION_OPTIONS = [...WORK_OPTIONS, 'idempotent'] as const satisfies readonly (keyof FunctionOptions)[];

export interface SqlOptions {
  /** What keys hold, by their patterns; as `shardfold schema 'order:*' --json` prints it. */
  readonly schemas?: KeySchemas;
}

/** What is known of a table without reading its rows. */
export interface TableDescription {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly chunks: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Of a matrix, whose table has one column, and as many rows as it has numbers. */
  readonly matrix?: MatrixShape;
}

/** A table by its name: a query over all its rows, and the way to add to them. */
export class Table<out S extends object = ResultRow> extends Query<S> {
  readonly name: string;

  constructor(link: ClusterLink, name: string, schema?: TableSchema) {
    const table = checkName(name, 'table');
    super(link, { kind: 'scan', table, ...(schema !== undefined && { columns: declaredColumns(schema) }) });
    this.name = name;
  }

  /**
   * Adds rows at the end. Readers see all of them or none. Fails with TABLE_NOT_FOUND, SCHEMA_MISMATCH, INVALID_VALUE (naming
   * row and column), or WRITE_CONFLICT where another writer was first; nothing is changed then. To a matrix whole rows are
   * appended, as values of its one column (`row[3]`): part of a row is SHAPE_MISMATCH, a null INVALID_VALUE.
   */
  async append(source: unknown, options: AppendOptions = {}): Promise<TableDescription> {
    checkOptions(options, APPEND_OPTIONS);
    const { columns } = description(await openToAppend(this.link, this.name, contextOf(this.link, options)));
    // Without it, whole numbers would be taken for integers where the table has floats.
    const schema = options.schema ?? columns;
    return write(this.link, this.name, source, { ...options, schema, mode: 'append' });
  }

  override [inspect.custom](): string {
    return `Table ${JSON.stringify(this.name)} (not read: call .collect())`;
  }

  async describe(options: WorkOptions = {}): Promise<TableDescription> {
    checkOptions(options, WORK_OPTIONS);
    return description(await openTable(this.link, this.name, contextOf(this.link, options)));
  }
}

/** A connection to a cluster, or to a single server as one shard. */
export class Shardfold extends ModelMethods {
  /** The rooms of this package work through it; it is no part of the public interface. */
  readonly link: ClusterLink;

  constructor(link: ClusterLink) {
    super();
    this.link = link;
  }

  /**
   * A table; nothing is read yet. With a schema the compiler knows the rows of every query, and refuses columns that there are
   * not: `sf.table('flights', { origin: 'utf8', delay: 'int32!' })`. Values may be null but for types with `!`. The query has
   * the columns that are declared, in this order; when it runs, the table must have them, with these types and without nulls
   * where it says so, else it fails with SCHEMA_MISMATCH before anything is read.
   *
   * `sf.table<{ origin: string | null; delay: number }>('flights')` says the same to the compiler alone; nothing checks it.
   *
   * @throws INVALID_ARGUMENT for what is no schema
   */
  table<const D extends TableSchema>(name: string, schema: D): Table<RowOfSchema<D>>;
  table<S extends object = ResultRow>(name: string): Table<S>;
  table(name: string, schema?: TableSchema): Table {
    return new Table(this.link, name, schema);
  }

  /**
   * A query in SQL, PostgreSQL's dialect (docs/sql.md says what of it): `sf.sql('SELECT count(*) FROM t WHERE x > $1', [10])`. It
   * is read when it is run, and further steps may follow it. Parameters are numbers, bigints, strings, booleans, Dates, null,
   * and arrays of those for `= ANY($1)`. `sf.sql<{ n: number }>('…')` tells the compiler what the rows are; nothing checks it.
   *
   * Keys stand in FROM as functions: `FROM hashes('order:*', 'price float64, region utf8')`. Without the second argument their columns
   * are those of `schemas`, else what some of the keys look as if they held, each time that the query is run.
   * @throws INVALID_ARGUMENT here; when it is run, and before anything is read, SQL_SYNTAX, SQL_UNSUPPORTED, TABLE_NOT_FOUND,
   *   UNKNOWN_COLUMN and TYPE_MISMATCH with the line and column in `place`
   */
  sql<S extends object = ResultRow>(
    text: string,
    parameters: readonly SqlParameter[] = [],
    options: SqlOptions = {},
  ): Query<S> {
    checkOptions(options, ['schemas']);
    const { schemas } = options;
    return new Query(this.link, sqlPlan(text, parameters, schemas && keyShapes(schemas)));
  }

  /** A vector: a table with one column `value` (float64); nothing is read yet. */
  vector(name: string): Vector {
    return new Vector(this.link, checkName(name, 'vector'));
  }

  /** A matrix of float64 or float32 numbers; nothing is read yet. */
  matrix(name: string): Matrix {
    return new Matrix(this.link, checkName(name, 'matrix'));
  }

  /**
   * HyperLogLogs of PFADD on all shards, as one: those of the keys under a glob, `sf.hyperloglog('visits:*')`, or of a list of keys.
   * Nothing is read yet.
   * @throws INVALID_ARGUMENT
   */
  hyperloglog(keys: string | readonly (string | Buffer)[]): HyperLogLogs {
    return new HyperLogLogs(this.link, keys);
  }

  /**
   * How many members are in all of these sets, on whichever shards they lie; a missing key is an empty set, and the count is 0. Exact
   * for members that are in them all the time; those that come or go meanwhile may count or not. The smallest set is read in
   * slices of a millisecond and tested in the others; this process holds the members that are in all of them (about 100 bytes each).
   * @throws INVALID_ARGUMENT; TYPE_MISMATCH naming a key that is no set; TOO_MANY_VALUES; TIMEOUT, CLUSTER_DOWN, ABORTED, …
   */
  intersectCount(keys: readonly (string | Buffer)[], options: IntersectOptions = {}): Promise<number> {
    return intersectCount(this.link, keys, options);
  }

  /** All tables, by name. */
  async tables(options: WorkOptions = {}): Promise<TableInfo[]> {
    checkOptions(options, WORK_OPTIONS);
    return listTables(this.link, contextOf(this.link, options));
  }

  /**
   * Makes a table from an array of rows, columns (an object of typed arrays or arrays), an Arrow table, the path of a file, or
   * an (async) iterable of batches. Memory stays bounded; readers see the whole table or nothing of it.
   */
  async createTable(name: string, source: unknown, options: CreateTableOptions = {}): Promise<TableDescription> {
    return write(this.link, name, source, options);
  }

  /** Drops a table at once. @throws TABLE_NOT_FOUND */
  async drop(name: string, options: WorkOptions = {}): Promise<void> {
    checkOptions(options, WORK_OPTIONS);
    return dropTable(this.link, name, contextOf(this.link, options));
  }

  /**
   * The functions of a library that `shardfold build` made, to be called by name: `await fns.addScore({ board }, { score: 1 })`. A
   * shard that lacks the library gets it from the first call, where this user may load it. Nothing is sent here; from now on
   * the connections carry the library's name, so that `shardfold prune` sees that it is in use.
   */
  functions<S extends Specs>(library: BuiltLibrary<S>): Callers<S> {
    return callersOf(this.link, library, checkFunctionOptions);
  }

  /**
   * Runs a function that declares no keys on every primary, and returns a result a shard, in the order of the nodes:
   * `{ shard, value }`, or `{ shard, error }` where it failed. What a function returns for its shard is the caller's to combine.
   * @throws INVALID_ARGUMENT before anything is sent, ABORTED
   */
  async mapShards<S extends KeylessSpec>(
    caller: Caller<S>,
    args?: GivenArgs<S>,
    options: FunctionOptions = {},
  ): Promise<ShardResult<Result<S['returns']>>[]> {
    checkFunctionOptions(options);
    return mapShards(this.link, caller, args, options, contextOf(this.link, options));
  }

  /** Ends the connection; work that is under way fails. */
  close(): Promise<void> {
    return this.link.close();
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    const primaries = this.link.nodes().filter(({ role }) => role === 'primary');
    return `Shardfold (${primaries.map(({ address }) => address).join(', ')})`;
  }

  /** As in a template literal: what `console.log` shows. */
  override toString(): string {
    return this[inspect.custom]();
  }

  /** For `await using sf = await connect(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Connects to a Redis or Valkey cluster, or to a single server.
 * @throws CONNECTION_FAILED naming the address, AUTH_FAILED, NO_PERMISSION, SERVER_TOO_OLD
 */
export async function connect(options: ConnectOptions): Promise<Shardfold> {
  if (typeof options === 'object' && options !== null) checkConnect(options);
  const link = await connectCluster(options);
  announce(link, library.name);
  return new Shardfold(link);
}

function checkConnect(options: ConnectOptions): void {
  checkOptions(options, CONNECT_OPTIONS);
  if (typeof options.tls === 'object' && options.tls !== null)
    checkOptions(options.tls, ['ca', 'cert', 'key'] satisfies (keyof TlsOptions)[]);
}

function checkFunctionOptions(options: FunctionOptions): void {
  checkOptions(options, FUNCTION_OPTIONS);
}

function checkName(name: string, what: 'table' | 'vector' | 'matrix'): string {
  if (typeof name === 'string') return name;
  throw new ShardfoldError('INVALID_ARGUMENT', `the name of the ${what} is ${showValue(name)}`, {
    hint: `a string, e.g. sf.${what}('trips')`,
  });
}

async function write(
  link: ClusterLink,
  name: string,
  input: unknown,
  options: CreateTableOptions,
): Promise<TableDescription> {
  checkOptions(options, CREATE_OPTIONS);
  const { timeout, signal, mode = 'create', ...others } = options;
  checkMode(mode);
  const source = await toSource(input, { ...others, ...(signal && { signal }) });
  const work = { ...others, fields: source.fields, mode };
  return description(await writeTable(link, name, source.batches, work, contextOf(link, { timeout, signal })));
}

function contextOf(
  link: ClusterLink,
  options: { readonly timeout?: number | undefined; readonly signal?: AbortSignal | undefined },
) {
  const { timeout, signal } = options;
  return link.context({ ...(timeout !== undefined && { timeoutMs: timeout }), ...(signal && { signal }) });
}

function description(table: TableSnapshot): TableDescription {
  const { name, version, rows, chunks, schema } = table;
  const matrix = matrixShape(table);
  return {
    name,
    version,
    rows,
    chunks: chunks.length,
    columns: schema.map((field) => ({ name: field.name, type: field.type })),
    ...(matrix && { matrix }),
  };
}

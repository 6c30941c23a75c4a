/** Public names, and nothing else. */

export { type CustomAggregateSpec, defineAggregate } from './aggregates/define.js';
export type { ConnectOptions, TlsOptions } from './cluster/connect.js';
export type { ResultRow, Rows } from './engine/collect.js';
export type { ExplainOptions } from './engine/explain.js';
export type { CollectOptions, Progress } from './engine/options.js';
export type { Receipt } from './engine/receipt.js';
export { type ErrorCode, type ErrorDetails, ShardfoldError } from './errors.js';
export {
  AggregateExpr,
  type AggregateFilter,
  col,
  corr,
  count,
  covar,
  covarPop,
  Expr,
  lit,
  type Operand,
} from './expr/expr.js';
export type { Literal } from './expr/nodes.js';
export type { Caller, Callers, FunctionOptions } from './functions/callers.js';
export type { ShardResult } from './functions/map-shards.js';
export type { VectorReceipt } from './linalg/receipt.js';
export type { VectorOptions, VectorWriteOptions } from './linalg/run.js';
export type { VectorData } from './linalg/values.js';
export type { Vector, VectorSetOptions } from './linalg/vector.js';
export type { AggregatedQuery, AggregateMap, GroupBy, RowQuery } from './query.js';
export {
  type AppendOptions,
  type CreateTableOptions,
  connect,
  Shardfold,
  type Table,
  type TableDescription,
  type WorkOptions,
} from './shardfold.js';
export type { TableInfo } from './storage/catalog.js';
export type { ColumnType } from './storage/types.js';

/** Public names, and nothing else. */

export { type CustomAggregateSpec, defineAggregate } from './aggregates/define.js';
export type { Bin } from './aggregates/index.js';
export type { ConnectOptions, TlsOptions } from './cluster/connect.js';
export type { ExplainOptions } from './engine/explain.js';

export type { KeysReceipt } from './engine/keys/receipt.js';
export type { ShortcutReceipt } from './engine/keys/shortcut-receipt.js';
export type {
  KeySample,
  KeysWritten,
  SkippedKeys,
  UpdateOptions,
  WriteOptions as KeyWriteOptions,
  WriteProgress,
} from './engine/keys/write-types.js';

export type { CollectOptions, Progress } from './engine/options.js';
export type { Receipt } from './engine/receipt.js';
export type { ArrowResult, ArrowTableLike } from './engine/results/arrow-table.js';
export type { ColumnBatch, ColumnOf, ColumnsResult, ColumnValues } from './engine/results/columns.js';
export type { IntoOptions, StreamOptions, WriteFileOptions } from './engine/results/forms.js';
export type { IntoReceipt, IntoResult } from './engine/results/into-types.js';
export type { Page, PageOptions } from './engine/results/page.js';
export type { QueryStream, RowBatch } from './engine/results/query-stream.js';
export type { ResultRow, Rows } from './engine/results/rows.js';
export type { WriteFormat } from './engine/results/write/format.js';
export type { WrittenFile } from './engine/results/write/write-result.js';
export { type ErrorCode, type ErrorDetails, type Place, ShardfoldError } from './errors.js';
export {
  AggregateExpr,
  type AggregateFilter,
  type Column,
  coalesce,
  col,
  concat,
  corr,
  count,
  covar,
  covarPop,
  Expr,
  greatest,
  least,
  lit,
  type Operand,
  type SortKey,
  type Then,
  type TimeUnit,
  type When,
  when,
} from './expr/expr.js';
export type { Over, Term } from './expr/infer.js';
export type { Literal } from './expr/nodes.js';
export type { Caller, Callers, FunctionOptions } from './functions/callers.js';
export type { ShardResult } from './functions/map-shards.js';
export type { Metric, RowScore } from './kernels/topk.js';
export type { VectorIndices } from './linalg/gather.js';
export type { HistogramOptions } from './linalg/histogram.js';
export type {
  Matrix,
  MatrixOptions,
  MatrixSetOptions,
  MatrixValues,
  MatrixWriteOptions,
  StandardizeOptions,
} from './linalg/matrix.js';
export type { PcaResult, SvdResult } from './linalg/matrix-factors.js';
export type { LineNorms } from './linalg/matrix-norms.js';
export type { Shape } from './linalg/matrix-open.js';
export type { LeastSquares } from './linalg/matrix-solve.js';
export type { MatrixData } from './linalg/matrix-source.js';
export type { NpyInput } from './linalg/npy-read.js';
export type { VectorLike } from './linalg/operands.js';
export type { VectorReceipt } from './linalg/receipt.js';
export type { VectorOptions, VectorWriteOptions } from './linalg/run.js';
export type { VectorSortOptions } from './linalg/sort.js';
export type { VectorData } from './linalg/values.js';
export type { Vector, VectorOperand, VectorSetOptions } from './linalg/vector.js';
export type { NullRule } from './models/common/columns.js';
export { type Iterate, NotConverged } from './models/common/not-converged.js';
export type { KMeansOptions } from './models/kmeans/fit.js';
export { type KMeansJson, KMeansModel } from './models/kmeans/model.js';
export {
  type ConfidenceInterval,
  type FStatistic,
  type LinearCoefficient,
  type LinearJson,
  LinearModel,
  type LinearOptions,
} from './models/linear/index.js';
export type { LogisticCoefficient, LogisticJson } from './models/logistic/data.js';
export { LogisticModel } from './models/logistic/model.js';
export type { LogisticOptions } from './models/logistic/options.js';
export type { ModelRows, SavedOptions } from './models/model-methods.js';
export type { PcaOptions } from './models/pca/fit.js';
export { type PcaJson, PcaModel } from './models/pca/model.js';

export type { ModelReceipt } from './models/receipt.js';
export type { Model } from './models/saved.js';
export {
  type BinaryScore,
  type BinaryScoreOptions,
  type ClassesScore,
  type ClassLabel,
  type ClassScore,
  type RegressionScore,
  type ScoreOptions,
  score,
} from './models/score/index.js';
export { type SplitOptions, trainTestSplit } from './models/split.js';
export type {
  AggregateMap,
  Aggregates,
  ColumnMap,
  ColumnOperand,
  SampleOptions,
  SortOperand,
  SortOrder,
} from './query/arguments.js';
export type { RowOf, RowsOf } from './query/infer.js';
export type { JoinKeys, JoinOperand, JoinOptions, ZipOptions } from './query/join-arguments.js';

export type { HyperLogLogOptions, HyperLogLogs } from './query/keys/hyperloglogs.js';
export type { IntersectOptions } from './query/keys/intersect.js';
export type { Assignments, HashesQuery, KeysQuery } from './query/keys-query.js';
export type { KeySchema, KeySchemas } from './query/keys-schemas.js';

export type {
  HashColumn,
  HashSchema,
  JsonColumn,
  JsonSchema,
  KeyFacts,
  KeyOptions,
  KeyType,
  PackedType,
} from './query/keys-types.js';
export type { GroupBy, Query } from './query/query.js';
export type { DeclaredType, RowOfSchema, TableSchema } from './query/schema.js';
export { connect, Shardfold, type SqlOptions, type Table, type TableDescription } from './shardfold.js';
export type { SqlParameter } from './sql/plan.js';
export type { TableInfo } from './storage/catalog.js';
export type { MatrixShape } from './storage/matrix-layout.js';
export type { ColumnType } from './storage/types.js';
export type { AppendOptions, CreateTableOptions, WorkOptions } from './table-options.js';

/** An expression as ours and as SQL. */
import type { Expr } from '../../../src/expr/expr.js';
import type { ColumnType } from '../../../src/storage/types.js';

export interface OracleExpr {
  readonly expr: Expr;
  readonly sql: string;
  readonly type: ColumnType;
  /** SQL of every int64 result of arithmetic within: where one leaves ±2^53, ours is an error and DuckDB's is not. */
  readonly wide: readonly string[];
  readonly samples: readonly (number | string)[];
}

/**
 * Every error that Shardfold raises on purpose. One class, one table of codes: a caller switches on `code`,
 * a person reads `message` (what failed, where) and `hint` (what mends it).
 */

/** What each code means, and whether the same call may succeed when it is simply made again. */
const CODES = {
  // The servers and the way to them.
  CONNECTION_FAILED: { retryable: true },
  AUTH_FAILED: { retryable: false },
  NO_PERMISSION: { retryable: false },
  SERVER_TOO_OLD: { retryable: false },
  CLUSTER_DOWN: { retryable: true },
  SERVER_REFUSES_WRITES: { retryable: true },
  TIMEOUT: { retryable: true },
  ABORTED: { retryable: false },
  SERVER_ERROR: { retryable: false },
  // Functions.
  FUNCTION_MISSING: { retryable: false },
  FUNCTION_LOAD_FAILED: { retryable: false },
  BUILD_FAILED: { retryable: false },
  CONFIG_INVALID: { retryable: false },
  DEPLOY_FAILED: { retryable: false },
  DEPLOY_IN_PROGRESS: { retryable: true },
  RELEASE_NOT_FOUND: { retryable: false },
  LIBRARY_IN_USE: { retryable: false },
  /** Our own Lua failed at run time: a defect. */
  KERNEL_FAILED: { retryable: false },
  /** A function of the user's raised an error. */
  FUNCTION_FAILED: { retryable: false },
  /** A function returned something else than it declares. */
  INVALID_REPLY: { retryable: false },
  // Tables.
  TABLE_NOT_FOUND: { retryable: false },
  TABLE_EXISTS: { retryable: false },
  VERSION_COLLECTED: { retryable: true },
  WRITE_CONFLICT: { retryable: true },
  STAGING_EXPIRED: { retryable: true },
  DATA_LOSS: { retryable: false },
  CORRUPT_MANIFEST: { retryable: false },
  // What a user hands in.
  INVALID_ARGUMENT: { retryable: false },
  INVALID_VALUE: { retryable: false },
  INVALID_CURSOR: { retryable: false },
  SCHEMA_MISMATCH: { retryable: false },
  UNKNOWN_COLUMN: { retryable: false },
  TYPE_MISMATCH: { retryable: false },
  FILE_UNREADABLE: { retryable: false },
  FILE_UNWRITABLE: { retryable: false },
  MISSING_DEPENDENCY: { retryable: false },
  // Computing.
  NUMERIC_OVERFLOW: { retryable: false },
  OUT_OF_RANGE: { retryable: false },
  CAST_FAILED: { retryable: false },
  NOT_ALIGNED: { retryable: false },
  /** Matrices or vectors whose shapes do not fit; the message gives both. */
  SHAPE_MISMATCH: { retryable: false },
  /** A matrix or a column that an operation would have to divide by nothing for. */
  SINGULAR: { retryable: false },
  /** A model with as many coefficients as there are rows, or more. */
  TOO_FEW_ROWS: { retryable: false },
  /** A model whose coefficients do not settle. */
  NOT_CONVERGED: { retryable: false },
  PLAN_TOO_LARGE: { retryable: false },
  /** The side of a join that travels has too many rows or bytes. */
  JOIN_TOO_LARGE: { retryable: false },
  /** More groups than the coordinator is to hold. */
  TOO_MANY_GROUPS: { retryable: false },
  /** More different values than the coordinator is to hold, where they are counted one by one. */
  TOO_MANY_VALUES: { retryable: false },
  /** Slots that did not settle in time: moving, or their primary is down. */
  SLOTS_UNSETTLED: { retryable: true },
  /** A string, or a JSON document, that is too large to be read in a shard. */
  VALUE_TOO_LARGE: { retryable: false },
  /** A key that is read in slices never held still. */
  KEY_CHANGED: { retryable: true },
  /** More keys than the coordinator is to hold the names of. */
  TOO_MANY_KEYS: { retryable: false },
  /** A value that is no text of its column's type, where that was asked to be an error. */
  UNPARSABLE_VALUE: { retryable: false },
  /** More rows of a result than the coordinator is to hold for the steps above it. */
  TOO_MANY_ROWS: { retryable: false },
  // SQL.
  SQL_SYNTAX: { retryable: false },
  /** SQL that PostgreSQL takes and we do not; the message names it, the hint says what to write instead. */
  SQL_UNSUPPORTED: { retryable: false },
  // The local cluster.
  NO_SERVER_BINARY: { retryable: false },
  PORT_TAKEN: { retryable: false },
  LOCAL_CLUSTER_FAILED: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof CODES;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(CODES, text);

export interface ErrorDetails {
  /** What the user can do about it: a command, an option, a package to install. */
  hint?: string;
  /** The shard that failed, as `host:port`. */
  shard?: string;
  slot?: number;
  /** The kernel or server function that failed, with its Lua file and line where known. */
  kernel?: string;
  /** Where in the SQL text. */
  place?: Place;
  /** What goes on with a job that stopped: the option `resume` of the same call. */
  resume?: string;
  cause?: unknown;
}

/** A place in a text; both count from 1, columns in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export class ShardfoldError extends Error {
  override readonly name = 'ShardfoldError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly shard: string | undefined;
  readonly slot: number | undefined;
  readonly kernel: string | undefined;
  readonly place: Place | undefined;
  readonly resume: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = CODES[code].retryable;
    this.hint = details.hint;
    this.shard = details.shard;
    this.slot = details.slot;
    this.kernel = details.kernel;
    this.place = details.place;
    this.resume = details.resume;
  }
}

/** A value of the wrong kind, as messages show it: `"3s"`, `42`, `an object`. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}

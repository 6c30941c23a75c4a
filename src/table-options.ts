/** Options of work on tables by name. */

import type { SourceOptions } from './storage/sources/to-source.js';
import type { WriteOptions } from './storage/write.js';

export interface WorkOptions {
  /** Milliseconds without progress after which the work fails; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** How a table is written. */
export interface CreateTableOptions extends SourceOptions, Omit<WriteOptions, 'fields' | 'mode'>, WorkOptions {
  /** `create` (the default) fails where the table exists; `append` where it does not; `replace` makes it if need be. */
  readonly mode?: WriteOptions['mode'];
}

export type AppendOptions = Omit<CreateTableOptions, 'mode' | 'chunkRows' | 'alignWith'>;

export const WORK_OPTIONS = ['timeout', 'signal'] as const satisfies readonly (keyof WorkOptions)[];

/** All of them by name; the compiler sees to it that none is missing. */
export const APPEND_OPTIONS = Object.keys({
  ...{ schema: true, types: true, rename: true, truncate: true, emptyText: true, format: true },
  ...{ appendId: true, waitReplicas: true, leaseMs: true, graceMs: true },
  ...{ timeout: true, signal: true, onProgress: true },
} satisfies Record<keyof AppendOptions, true>);

export const CREATE_OPTIONS = [...APPEND_OPTIONS, 'mode', 'chunkRows', 'alignWith'];

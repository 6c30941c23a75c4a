/** The forms of a result that have options of their own beside those of `collect`. */

import type { Writable } from 'node:stream';
import type { ClusterLink } from '../../cluster/types.js';
import { checkOptions } from '../check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../options.js';
import { writeInto } from './into.js';
import type { IntoResult, TargetOptions } from './into-types.js';
import { QueryStream } from './query-stream.js';
import type { ResultSource } from './source.js';
import { type WriteToOptions, type WrittenFile, writeResult } from './write/write-result.js';

export interface StreamOptions extends CollectOptions {
  /** The most rows of a batch; without it batches are as the chunks of the table are. */
  readonly batchRows?: number;
}

export interface IntoOptions extends CollectOptions, TargetOptions {}

export interface WriteFileOptions extends CollectOptions, WriteToOptions {}

/** Makes a query ready to be run with the options of `collect`. */
export type Prepare = (options: CollectOptions) => ResultSource;

const STREAM_OPTIONS = ['batchRows'] as const satisfies readonly (keyof StreamOptions)[];

const INTO_OPTIONS = Object.keys({
  mode: true,
  chunkRows: true,
  alignWith: true,
  appendId: true,
  waitReplicas: true,
  leaseMs: true,
  graceMs: true,
} satisfies Record<keyof TargetOptions, true>);

const WRITE_OPTIONS = Object.keys({ format: true, onWritten: true } satisfies Record<keyof WriteToOptions, true>);

/** @throws INVALID_ARGUMENT */
export function streamOf(prepare: Prepare, options: StreamOptions): QueryStream {
  const [{ batchRows }, collect] = split<StreamOptions>(options, STREAM_OPTIONS);
  return new QueryStream(prepare(collect), batchRows);
}

export async function intoTable(
  link: ClusterLink,
  prepare: Prepare,
  table: string,
  options: IntoOptions,
): Promise<IntoResult> {
  const [target, collect] = split<TargetOptions>(options, INTO_OPTIONS);
  return writeInto(link, prepare(collect), table, target);
}

export async function writeFile(
  prepare: Prepare,
  to: string | Writable,
  options: WriteFileOptions,
): Promise<WrittenFile> {
  const [write, collect] = split<WriteToOptions>(options, WRITE_OPTIONS);
  return writeResult(prepare(collect), to, write);
}

/** Options of a form's own, and those of `collect`. @throws INVALID_ARGUMENT for one that is neither */
function split<Own extends object>(options: object, names: readonly string[]): [own: Own, collect: CollectOptions] {
  checkOptions(options, [...COLLECT_OPTIONS, ...names]);
  const own = (name: string): boolean => names.includes(name);
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return [
    Object.fromEntries(entries.filter(([name]) => own(name))) as Own,
    Object.fromEntries(entries.filter(([name]) => !own(name))),
  ];
}

/** What a result can be written as. */

import { basename } from 'node:path';
import { ShardfoldError, showValue } from '../../../errors.js';
import type { Columns } from '../source.js';

/** `arrow` is the IPC file format, `arrows` the IPC stream, for pipes. */
export type WriteFormat = 'csv' | 'ndjson' | 'parquet' | 'arrow' | 'arrows';

/** Takes batches as they come and hands bytes on; what it holds is one batch, or one group of rows. */
export interface Encoder {
  /** Rows that it likes to have together; smaller batches are joined. */
  readonly rows: number;
  begin(): Bytes;
  add(columns: Columns): Bytes;
  end(): Bytes;
}

export type Bytes = Iterable<Uint8Array | string>;

const EXTENSIONS: Readonly<Record<string, WriteFormat>> = {
  csv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
  arrows: 'arrows',
};

export const WRITE_FORMATS: readonly WriteFormat[] = ['csv', 'ndjson', 'parquet', 'arrow', 'arrows'];

/** Text may be compressed as a whole; Parquet is compressed inside, and Arrow is for being mapped into memory. */
export const isText = (format: WriteFormat): boolean => format === 'csv' || format === 'ndjson';

/** @param path undefined where there is no name to tell from @throws INVALID_ARGUMENT */
export function formatOf(path: string | undefined, wanted: unknown): { format: WriteFormat; gzip: boolean } {
  const name = path === undefined ? '' : basename(path).toLowerCase();
  const gzip = name.endsWith('.gz');
  const extension = /\.([^.]+?)(?:\.gz)?$/.exec(name)?.[1] ?? '';
  const format = wanted ?? EXTENSIONS[extension];
  if (!WRITE_FORMATS.includes(format as WriteFormat)) {
    const what = wanted === undefined ? `the name ${showValue(path ?? '')} does not tell the format` : undefined;
    throw new ShardfoldError('INVALID_ARGUMENT', what ?? `the format is ${showValue(wanted)}`, {
      hint: `give the format (${WRITE_FORMATS.join(', ')}), or a name with one of ${Object.keys(EXTENSIONS)
        .map((known) => `.${known}`)
        .join(' ')}`,
    });
  }
  if (gzip && !isText(format as WriteFormat)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${format} is not written with gzip around it`, {
      hint: 'leave .gz out: Parquet is compressed inside',
    });
  }
  return { format: format as WriteFormat, gzip };
}

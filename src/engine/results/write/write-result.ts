/** A result written to a file or a stream, batch by batch. */

import type { Writable } from 'node:stream';
import type { ResultType } from '../../../aggregates/index.js';
import { ShardfoldError, showValue } from '../../../errors.js';
import type { Receipt } from '../../receipt.js';
import { joined } from '../rebatch.js';
import { type Output, onNewest, type ResultSource, type ResultStream, rowsOf } from '../source.js';
import { plainOutputs } from '../values.js';
import { arrowEncoder } from './arrow-ipc.js';
import { csvEncoder } from './csv.js';
import { type Encoder, formatOf, type WriteFormat } from './format.js';
import { ndjsonEncoder } from './ndjson.js';
import { parquetEncoder } from './parquet.js';
import { fileTarget, streamTarget, type Target } from './target.js';

export interface WriteToOptions {
  /** By default the extension of the file tells. */
  readonly format?: WriteFormat;
  /** Rows and bytes handed on so far. */
  readonly onWritten?: (written: { readonly rows: number; readonly bytes: number }) => void;
}

export interface WrittenFile {
  readonly format: WriteFormat;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly { readonly name: string; readonly type: ResultType; readonly nulls: number }[];
  readonly receipt: Receipt;
}

/**
 * Writes a result to the file at a path, which is there only when it is whole, or to a writable stream, which is not ended. Memory
 * stays bounded: one group of rows, and a few chunks on their way.
 * @throws INVALID_ARGUMENT for an unknown format, MISSING_DEPENDENCY, and FILE_UNWRITABLE where it cannot be written
 */
export function writeResult(
  source: ResultSource,
  to: string | Writable,
  options: WriteToOptions = {},
): Promise<WrittenFile> {
  if (typeof to !== 'string' && typeof (to as Writable | undefined)?.write !== 'function') {
    throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(to)} cannot be written to`, {
      hint: 'the path of a file, or a writable stream',
    });
  }
  const { format, gzip } = formatOf(typeof to === 'string' ? to : undefined, options.format);
  const write = async (stream: ResultStream): Promise<WrittenFile> => {
    const encoder = await encoderOf(format, stream.outputs);
    const target = typeof to === 'string' ? fileTarget(to, gzip) : streamTarget(to);
    const nulls = stream.outputs.map(() => 0);
    const sofar = { rows: 0, bytes: 0 };
    try {
      await hand(encoder.begin(), target, sofar);
      const receipt = await joined(stream.batches(), encoder.rows, async (columns) => {
        for (const [k, column] of columns.entries()) {
          for (const value of column) if (value === null) nulls[k] = (nulls[k] as number) + 1;
        }
        await hand(encoder.add(columns), target, sofar);
        sofar.rows += rowsOf(columns);
        options.onWritten?.({ ...sofar });
        // Whoever takes the bytes may have taken their time.
        source.context.progress();
      });
      await hand(encoder.end(), target, sofar);
      const bytes = await target.finish();
      const columns = stream.outputs.map(({ name, type }, k) => ({ name, type, nulls: nulls[k] as number }));
      return { format, rows: sofar.rows, bytes, columns, receipt };
    } catch (error) {
      await target.abandon();
      throw error;
    }
  };
  // What a stream has taken cannot be taken back: there is no second try then.
  return typeof to === 'string'
    ? onNewest(source, write)
    : source.bind().then((relation) => write(source.start(relation)));
}

async function hand(pieces: Iterable<Uint8Array | string>, target: Target, sofar: { bytes: number }): Promise<void> {
  for (const piece of pieces) {
    sofar.bytes += piece.length;
    if (piece.length > 0) await target.write(piece);
  }
}

function encoderOf(format: WriteFormat, outputs: readonly Output[]): Encoder | Promise<Encoder> {
  switch (format) {
    case 'csv':
      return csvEncoder(outputs);
    case 'ndjson':
      return ndjsonEncoder(outputs);
    case 'parquet':
      return parquetEncoder(plainOutputs(outputs));
    case 'arrow':
      return arrowEncoder(plainOutputs(outputs), 'file');
    case 'arrows':
      return arrowEncoder(plainOutputs(outputs), 'stream');
  }
}

/** Arrow IPC, file or stream, a record batch a group of rows: the bytes of a batch are handed on before the next is made. */

import type { RecordBatchFileWriter, RecordBatchStreamWriter } from 'apache-arrow';
import { CHUNK_ROWS } from '../../../storage/types.js';
import { arrowSchema, loadArrow, recordBatch } from '../arrow-columns.js';
import type { PlainOutput } from '../values.js';
import type { Encoder } from './format.js';

/** @throws MISSING_DEPENDENCY */
export async function arrowEncoder(outputs: readonly PlainOutput[], kind: 'file' | 'stream'): Promise<Encoder> {
  const arrow = await loadArrow('writing Arrow files');
  const schema = arrowSchema(arrow, outputs);
  const types = outputs.map(({ type }) => type);
  let written: Uint8Array[] = [];
  /** The library's own queue can only be read as fast as its promises settle. */
  class Sink extends arrow.AsyncByteQueue {
    override write(bytes: unknown): void {
      written.push(bytes as Uint8Array);
    }
  }
  const writer: RecordBatchFileWriter | RecordBatchStreamWriter =
    kind === 'file' ? new arrow.RecordBatchFileWriter() : new arrow.RecordBatchStreamWriter();
  const handedOn = (): Uint8Array[] => {
    const bytes = written;
    written = [];
    return bytes;
  };
  return {
    rows: CHUNK_ROWS,
    begin() {
      writer.reset(new Sink(), schema);
      return handedOn();
    },
    add(columns) {
      writer.write(recordBatch(arrow, schema, types, columns));
      return handedOn();
    },
    end() {
      writer.finish();
      return handedOn();
    },
  };
}

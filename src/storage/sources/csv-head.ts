/** The first line of a CSV file, read before DuckDB sees it: it settles the delimiter, which DuckDB would guess from all rows. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { unreadable } from './duckdb-errors.js';

const HEAD_BYTES = 256 * 1024;

export interface CsvHead {
  readonly delimiter: string;
  /** The fields of the first line. */
  readonly names: readonly string[];
  /** Blank lines before it. */
  readonly skip: number;
}

/** @param delimiter given by the format (a tab for TSV); otherwise the one of `,` `;` tab `|` that the first line has most */
export async function readCsvHead(file: string, delimiter?: string): Promise<CsvHead> {
  const bytes = await firstBytes(file);
  if (bytes[0] === 0xff || bytes[0] === 0xfe) throw unreadable(file, 'it is UTF-16', 'save the file as UTF-8');
  const text = bytes.toString().replace(/^\ufeff/, '');
  const body = text.replace(/^(?:[ \t]*\r?\n)+/, '');
  if (body.trim() === '') throw unreadable(file, 'it is empty', 'the first line has to name the columns');
  const skip = text.slice(0, text.length - body.length).split('\n').length - 1;
  const chosen = delimiter ?? mostFrequent(body);
  return { delimiter: chosen, names: firstRecord(body, chosen), skip };
}

function mostFrequent(body: string): string {
  let best = { delimiter: ',', fields: 1 };
  for (const delimiter of [',', ';', '\t', '|']) {
    const fields = firstRecord(body, delimiter).length;
    if (fields > best.fields) best = { delimiter, fields };
  }
  return best.delimiter;
}

/** The fields up to the first line break outside quotes. */
function firstRecord(body: string, delimiter: string): string[] {
  const fields = [''];
  let quoted = false;
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    if (quoted && char === '"' && body[i + 1] === '"') {
      fields[fields.length - 1] += '"';
      i++;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) break;
    else if (!quoted && char === delimiter) fields.push('');
    else fields[fields.length - 1] += char;
  }
  return fields;
}

async function firstBytes(file: string): Promise<Buffer> {
  const stream = createReadStream(file);
  const source = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream;
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of source as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), 'is the file whole?', cause);
  } finally {
    stream.destroy();
  }
  return Buffer.concat(parts);
}

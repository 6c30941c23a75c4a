/** Sizes on the wire, for receipts, and replies brought to one shape. */
import { ErrorReply } from 'redis';
import type { Argument, Reply } from './types.js';

const digits = (n: number): number => (n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : String(n).length);

/** `$<length>\r\n<bytes>\r\n` */
const bulkSize = (length: number): number => 5 + digits(length) + length;

export function commandSize(command: readonly Argument[]): number {
  let size = 3 + digits(command.length);
  for (const part of command) size += bulkSize(typeof part === 'string' ? Buffer.byteLength(part) : part.length);
  return size;
}

/** The size of a reply as RESP. Simple strings are counted as bulk strings: a few bytes too many. */
export function replySize(reply: Reply): number {
  if (reply === null) return 3;
  if (typeof reply === 'number') return 3 + String(reply).length;
  if (typeof reply === 'boolean') return 4;
  if (Buffer.isBuffer(reply)) return bulkSize(reply.length);
  let size = 3 + digits(reply.length);
  for (const item of reply) size += replySize(item);
  return size;
}

/** An error that stands inside an array reply is thrown, and the few types of RESP3 that Reply lacks become Buffers. */
export function normalise(raw: unknown): Reply {
  if (Array.isArray(raw)) {
    for (let i = 0; i < raw.length; i++) {
      const item = raw[i];
      if (item !== null && !Buffer.isBuffer(item)) raw[i] = normalise(item);
    }
    return raw as Reply;
  }
  if (raw instanceof ErrorReply) throw raw;
  if (typeof raw === 'string') return Buffer.from(raw);
  return raw as Reply;
}

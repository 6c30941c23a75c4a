/** The text with which a job over keys goes on where it stopped: which job it was, and which slots are done. */

import { createHash } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { SLOTS } from '../../cluster/slots.js';
import { ShardfoldError } from '../../errors.js';
import type { SlotRange } from './receipt.js';

export interface Resumed {
  /** Milliseconds since 1970 at which the job began: what depends on the time stays as it was. */
  readonly startedAt: number;
  /** What `now()` meant in the statement that the job was made of, where it was one; else 0. */
  readonly statedAt: number;
  readonly done: SlotSet;
}

/** Slots as bits. */
export class SlotSet {
  readonly bits: Buffer;

  constructor(bits: Buffer = Buffer.alloc(SLOTS / 8)) {
    this.bits = bits;
  }

  add(slot: number): void {
    this.bits[slot >> 3] = (this.bits[slot >> 3] as number) | (1 << (slot & 7));
  }

  has(slot: number): boolean {
    return ((this.bits[slot >> 3] as number) & (1 << (slot & 7))) !== 0;
  }

  /** The slots of ranges that are not in the set, as ranges. */
  without(ranges: readonly SlotRange[]): SlotRange[] {
    const left: [number, number][] = [];
    for (const [from, to] of ranges) {
      let open: [number, number] | undefined;
      for (let slot = from; slot <= to; slot++) {
        if (this.has(slot)) open = undefined;
        else if (open !== undefined) open[1] = slot;
        else {
          open = [slot, slot];
          left.push(open);
        }
      }
    }
    return left;
  }
}

const PREFIX = 'sfr1.';
const JOB_BYTES = 16;
const TIME_BYTES = 16;
const CHECK_BYTES = 8;

/** What tells jobs apart. @param job plain data; numbers that JSON has no words for are told apart, too */
export function digestOf(job: unknown): Buffer {
  const text = JSON.stringify(job, (_, value: unknown) => {
    if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
    return { number: Object.is(value, -0) ? '-0' : String(value) };
  });
  return createHash('sha256').update(text).digest().subarray(0, JOB_BYTES);
}

const checkOf = (body: Buffer): Buffer => createHash('sha256').update(body).digest().subarray(0, CHECK_BYTES);

export function writeToken(job: Buffer, { startedAt, statedAt, done }: Resumed): string {
  const times = Buffer.alloc(TIME_BYTES);
  times.writeDoubleLE(startedAt);
  times.writeDoubleLE(statedAt, 8);
  const body = Buffer.concat([job, times, done.bits]);
  return PREFIX + deflateRawSync(Buffer.concat([checkOf(body), body]), { level: 9 }).toString('base64url');
}

/** @throws INVALID_ARGUMENT where it is no token, or that of another job */
export function readToken(token: string, job: Buffer): Resumed {
  const body = bodyOf(token);
  if (!body.subarray(0, JOB_BYTES).equals(job)) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'resume is of another job', {
      hint: 'the pattern, columns, filter, assignments (all of their values), updateId and seconds must be those of the call that stopped',
    });
  }
  return {
    startedAt: body.readDoubleLE(JOB_BYTES),
    statedAt: body.readDoubleLE(JOB_BYTES + 8),
    done: new SlotSet(Buffer.from(body.subarray(JOB_BYTES + TIME_BYTES))),
  };
}

/** What `now()` meant in the statement of a job, whichever it was. @throws INVALID_ARGUMENT where it is no token */
export const statedAtOf = (token: string): number => bodyOf(token).readDoubleLE(JOB_BYTES + 8);

function bodyOf(token: string): Buffer {
  const body = unpacked(token);
  if (body !== undefined) return body;
  throw new ShardfoldError('INVALID_ARGUMENT', 'resume is no text that an interrupted job gave', {
    hint: 'take the whole of error.resume, or of what the command line printed',
  });
}

function unpacked(token: string): Buffer | undefined {
  if (typeof token !== 'string' || !token.startsWith(PREFIX)) return undefined;
  const size = CHECK_BYTES + JOB_BYTES + TIME_BYTES + SLOTS / 8;
  try {
    const bytes = inflateRawSync(Buffer.from(token.slice(PREFIX.length), 'base64url'), { maxOutputLength: size });
    const body = bytes.subarray(CHECK_BYTES);
    return bytes.length === size && bytes.subarray(0, CHECK_BYTES).equals(checkOf(body)) ? body : undefined;
  } catch (error) {
    // Not what deflate wrote: cut, or typed wrongly.
    if (isNativeError(error) && 'code' in error) return undefined;
    throw error;
  }
}

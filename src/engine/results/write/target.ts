/** Where bytes go: a file that is there only when it is whole, or a stream of the caller's. */

import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ShardfoldError } from '../../../errors.js';

export interface Target {
  /** Waits while those who take the bytes are busy. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** Makes what was written the file. @returns bytes written, as they are stored */
  finish(): Promise<number>;
  /** Takes back what was written, so that no half file is left. */
  abandon(): Promise<void>;
}

/** Files that are being written: a process that ends in between leaves none of them. */
const unfinished = new Set<string>();

function begun(half: string): void {
  if (unfinished.size === 0) process.off('exit', removeUnfinished).on('exit', removeUnfinished);
  unfinished.add(half);
}

function removeUnfinished(): void {
  for (const half of unfinished) rmSync(half, { force: true });
}

/** Writes beside the file and renames at the end: whoever reads it sees the file of before, or all of the new one. */
export function fileTarget(path: string, gzip: boolean): Target {
  const half = `${path}.${process.pid}.${randomBytes(3).toString('hex')}.tmp`;
  const file = createWriteStream(half, { flags: 'wx' });
  const packer = gzip ? createGzip() : undefined;
  packer?.pipe(file);
  const { write, ended, end } = feed(packer ?? file, file, path);
  begun(half);
  return {
    write,
    async finish() {
      await end();
      await rename(half, path).catch((cause: Error) => {
        throw unwritable(path, cause);
      });
      unfinished.delete(half);
      return file.bytesWritten;
    },
    async abandon() {
      packer?.destroy();
      file.destroy();
      await ended;
      await rm(half, { force: true });
      unfinished.delete(half);
    },
  };
}

/** A stream of the caller's; it is not ended. */
export function streamTarget(stream: Writable): Target {
  let bytes = 0;
  const { write } = feed(stream, stream, 'the stream');
  return {
    async write(piece) {
      bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
      await write(piece);
    },
    finish: async () => bytes,
    abandon: async () => undefined,
  };
}

/** @param last what comes last of a pipe, and fails or ends with all of it */
function feed(first: Writable, last: Writable, name: string) {
  let failure: Error | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const one of waiting) one();
    waiting.clear();
  };
  const onError = (error: Error): void => {
    failure ??= error;
    wake();
  };
  for (const stream of new Set([first, last])) stream.on('error', onError).on('close', wake).on('drain', wake);
  // Hears of the end however it comes; what is wrong is told by `failure`.
  const ended = finished(last).catch(() => undefined);
  const check = (): void => {
    if (failure) throw unwritable(name, failure);
    if (last.destroyed) throw unwritable(name, new Error('it was closed'));
  };
  return {
    ended,
    async write(bytes: Uint8Array | string): Promise<void> {
      check();
      if (first.write(bytes)) return;
      await new Promise<void>((resolve) => void waiting.add(resolve));
      check();
    },
    async end(): Promise<void> {
      check();
      first.end();
      await ended;
      if (failure) throw unwritable(name, failure);
    },
  };
}

/** Named as the caller did: of the half file beside it nobody knows. */
export function unwritable(name: string, cause: NodeJS.ErrnoException): ShardfoldError {
  const [why, hint] = REASONS[cause.code ?? ''] ?? [cause.message, undefined];
  return new ShardfoldError('FILE_UNWRITABLE', `${name} cannot be written: ${why}`, { ...(hint && { hint }), cause });
}

const REASONS: Readonly<Record<string, readonly [why: string, hint?: string]>> = {
  ENOENT: ['there is no such folder', 'make the folder first, or name one that is there'],
  ENOTDIR: ['what stands for a folder in its path is none', 'name a folder that is there'],
  EISDIR: ['it is a folder', 'name a file'],
  EACCES: ['permission denied', 'name a folder that you may write to'],
  EPERM: ['permission denied', 'name a folder that you may write to'],
  EROFS: ['its file system is read-only', 'name a folder that you may write to'],
  ENOSPC: ['the disk is full', 'make room, or name a folder on another disk'],
  ENAMETOOLONG: ['its name is too long'],
};

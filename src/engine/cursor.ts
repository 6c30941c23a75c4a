/**
 * Cursors of pages: opaque text that says after which row of which versions of which tables a query goes on. It holds ids and
 * versions of the tables, a digest of the query, the keys of the last row and its number, and how many rows were given.
 */

import { createHash } from 'node:crypto';
import { ShardfoldError } from '../errors.js';
import { keyText } from '../expr/key-text.js';
import type { Physical } from '../expr/typed.js';
import type { PlanNode } from '../plan/nodes.js';
import type { VersionRef } from '../storage/open-version.js';

export interface Cursor {
  /** Rows of the query that were given, or passed over. */
  readonly position: number;
  /** Number of the last row in the table, and its sort keys; undefined where rows are told by their position alone. */
  readonly last: { readonly row: number; readonly keys: readonly Physical[] } | undefined;
  readonly tables: readonly VersionRef[];
  /** Of the query, as `planDigest` makes it. */
  readonly digest: string;
}

const FORMAT = 1;
const CHECK_BYTES = 6;
const MOST_CHARS = 256 * 1024;

const sha = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** Numbers that JSON has no digits for. */
const named = (value: unknown): unknown => {
  if (typeof value !== 'number') return value;
  return Object.is(value, -0) || !Number.isFinite(value) ? [Object.is(value, -0) ? '-0' : String(value)] : value;
};

/** Tells queries apart: their steps, names and constants. */
export function planDigest(plan: PlanNode): string {
  return sha(keyText(plan)).toString('base64url').slice(0, 16);
}

export function encodeCursor({ position, last, tables, digest }: Cursor): string {
  const refs = tables.map(({ name, tableId, version }) => [name, tableId, version]);
  const rest = last === undefined ? [] : [last.row, last.keys.map(named)];
  const body = Buffer.from(JSON.stringify([FORMAT, digest, refs, position, ...rest]));
  return Buffer.concat([sha(body).subarray(0, CHECK_BYTES), body]).toString('base64url');
}

/** @throws INVALID_CURSOR where the text is no cursor */
export function decodeCursor(text: unknown): Cursor {
  if (text === '') throw invalidCursor('is empty text', 'to begin, leave `after` out, or give undefined or null');
  if (typeof text !== 'string' || text.length > MOST_CHARS || !/^[\w-]+$/.test(text)) throw invalidCursor('is none');
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(CHECK_BYTES);
  if (!sha(body).subarray(0, CHECK_BYTES).equals(bytes.subarray(0, CHECK_BYTES))) throw invalidCursor('is damaged');
  const [format, digest, refs, position, ...rest] = parsed(body);
  if (format !== FORMAT) throw invalidCursor('was made by another release');
  if (!Array.isArray(refs) || !isCount(position) || typeof digest !== 'string') throw invalidCursor('is damaged');
  return { position, last: lastOf(rest), tables: refs.map(tableOf), digest };
}

/** @throws INVALID_CURSOR where the cursor is that of another query */
export function checkCursor({ digest }: Cursor, plan: PlanNode): void {
  if (digest === planDigest(plan)) return;
  throw invalidCursor('belongs to another query', 'page() must be called on the query that gave it, unchanged');
}

function parsed(body: Buffer): unknown[] {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidCursor('is damaged');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function tableOf(ref: unknown): VersionRef {
  const [name, tableId, version] = Array.isArray(ref) ? (ref as unknown[]) : [];
  if (typeof name !== 'string' || typeof tableId !== 'string' || !/^[a-z0-9]{10}$/.test(tableId) || !isCount(version)) {
    throw invalidCursor('is damaged');
  }
  return { name, tableId, version };
}

function lastOf([row, keys]: readonly unknown[]): Cursor['last'] {
  if (row === undefined) return undefined;
  if (!isCount(row) || !Array.isArray(keys)) throw invalidCursor('is damaged');
  return { row, keys: keys.map(keyOf) };
}

function keyOf(key: unknown): Physical {
  if (key === null || typeof key === 'string' || typeof key === 'number') return key;
  const [name] = Array.isArray(key) ? (key as unknown[]) : [];
  if (typeof name === 'string' && ['-0', 'NaN', 'Infinity', '-Infinity'].includes(name)) return Number(name);
  throw invalidCursor('is damaged');
}

export function invalidCursor(
  what: string,
  hint = 'give page() the `next` of the page before, or no cursor to begin',
): Error {
  return new ShardfoldError('INVALID_CURSOR', `the cursor ${what}`, { hint });
}

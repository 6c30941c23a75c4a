/** How much of a right side may travel: it is sent with every call, and unpacked there before the rows are looked at. */

import { codedTexts, type KernelLookup, type LookupTable } from '../codegen/join-table.js';
import { ShardfoldError } from '../errors.js';
import { rowsKnown, type SideRead } from '../plan/join-reads.js';

export interface JoinLimit {
  readonly where: 'shards' | 'client';
  readonly rows: number;
  readonly bytes: number;
}

export const JOIN_LIMITS = {
  shards: { where: 'shards', rows: 16_384, bytes: 2 ** 19 },
  client: { where: 'client', rows: 2 ** 20, bytes: 2 ** 26 },
} as const satisfies Record<string, JoinLimit>;

/** Nanoseconds a value that unpacking takes in a shard, as measured: a number 60, one that is looked for 120, a string 450. */
const NUMBER_NS = 60;
const KEY_NS = 120;
const TEXT_NS = 450;

/** Bytes that travel with each call for the joins of a pass. */
export function sentBytes({ lookups = [] }: { readonly lookups?: readonly KernelLookup[] }): number {
  return lookups.reduce((sum, { table }) => sum + table.bytes, 0);
}

/** Microseconds that unpacking takes in each call. */
export function unpackUs({ lookups = [] }: { readonly lookups?: readonly KernelLookup[] }): number {
  return lookups.reduce((sum, { table: { lists, columns } }) => {
    const keys = lists.reduce((ns, { text, values }) => ns + values.length * (text ? TEXT_NS : KEY_NS), 0);
    const others = columns.reduce((ns, column) => {
      const texts = column.type === 'utf8' ? codedTexts(column).texts.length : 0;
      return ns + column.values.length * NUMBER_NS + texts * TEXT_NS;
    }, 0);
    return sum + (keys + others) / 1000;
  }, 0);
}

const shown = (count: number): string => count.toLocaleString('en');

/** @throws JOIN_TOO_LARGE @param rows that are known of, `more` where others may follow */
export function checkRows(rows: number, limit: JoinLimit, more = false): void {
  if (rows > limit.rows) throw tooLarge(`${more ? 'more than ' : ''}${shown(rows)} rows`, limit);
}

/** @throws JOIN_TOO_LARGE */
export function checkBytes(table: LookupTable, limit: JoinLimit): void {
  const bytes = limit.where === 'shards' ? table.bytes : estimate(table);
  if (bytes > limit.bytes) throw tooLarge(`${shown(table.rows)} rows of ${shown(bytes)} bytes`, limit);
}

/** What is not sent need not be packed to be weighed. */
function estimate({ lists, columns }: LookupTable): number {
  const size = (values: readonly (number | string | null)[]): number =>
    values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
  return [...lists, ...columns].reduce((sum, { values }) => sum + size(values), 0);
}

/** How a right side travels, in words. */
export function sideText({ lookup, relation, columns, sent }: SideRead): string {
  const limit = sent ? JOIN_LIMITS.shards : JOIN_LIMITS.client;
  const known = rowsKnown(relation);
  const rows = known && `${known.exact ? '' : 'at most '}${shown(known.rows)} rows, `;
  const what =
    relation.kind === 'fold' && columns.length === 0 ? 'distinct keys' : `keys and ${columns.length} columns`;
  const where = sent ? 'sent with every call' : 'joined on the client side';
  return `join      ${lookup.how}: what stands above is ${where}: ${rows ?? ''}${what} (limit ${shown(limit.rows)} rows, ${shown(limit.bytes)} bytes)`;
}

function tooLarge(what: string, { where, rows, bytes }: JoinLimit): ShardfoldError {
  const most = `at most ${shown(rows)} rows and ${shown(bytes)} bytes`;
  const { client } = JOIN_LIMITS;
  const local = `collect({ side: 'client' }), where ${shown(client.rows)} rows and ${shown(client.bytes)} bytes are the limit`;
  const reason = where === 'shards' ? `${most} are sent to the shards` : `${most} are joined on the client side`;
  return new ShardfoldError('JOIN_TOO_LARGE', `the right side of a join has ${what}: ${reason}`, {
    hint: `filter or aggregate it first, select fewer of its columns, swap the sides of an inner join${where === 'shards' ? `, or ${local}` : ''}`,
  });
}

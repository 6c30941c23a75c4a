/** How much of a right side may travel: it is sent with every call, and unpacked there before the rows are looked at. */

import type { LookupTable } from '../codegen/join-table.js';
import { ShardfoldError } from '../errors.js';

export interface JoinLimit {
  readonly where: 'shards' | 'client';
  readonly rows: number;
  readonly bytes: number;
}

export const JOIN_LIMITS = {
  shards: { where: 'shards', rows: 65_536, bytes: 2 ** 20 },
  client: { where: 'client', rows: 2 ** 20, bytes: 2 ** 26 },
} as const satisfies Record<string, JoinLimit>;

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

function tooLarge(what: string, { where, rows, bytes }: JoinLimit): ShardfoldError {
  const most = `at most ${shown(rows)} rows and ${shown(bytes)} bytes`;
  const { client } = JOIN_LIMITS;
  const local = `{ side: 'client' }, where ${shown(client.rows)} rows and ${shown(client.bytes)} bytes are the limit`;
  const reason = where === 'shards' ? `${most} are sent to the shards` : `${most} are joined on the client side`;
  return new ShardfoldError('JOIN_TOO_LARGE', `the right side of a join has ${what}: ${reason}`, {
    hint: `filter or aggregate it first, select fewer of its columns, swap the sides of an inner join${where === 'shards' ? `, or collect(${local})` : ''}`,
  });
}

/** A chain run in every way: on both sides, and through every form of a result. */

import type { CollectOptions } from '../../../src/engine/options.js';
import type { Receipt } from '../../../src/engine/receipt.js';
import type { ColumnsResult } from '../../../src/engine/results/columns.js';
import type { Query } from '../../../src/query/query.js';
import type { Shardfold } from '../../../src/shardfold.js';
import type { ChainColumn, Stage } from './chain-stage.js';
import { differentRows, type Outcome, sameBits, toStored } from './check.js';
import type { Draw } from './draw.js';
import type { Stored } from './table.js';

type Raw = readonly Readonly<Record<string, unknown>>[];

export const SIDES: readonly CollectOptions[] = [
  { side: 'shards', sliceUnits: 1 },
  { side: 'client' },
  { side: 'shards' },
];

async function attempt(columns: readonly ChainColumn[], run: () => Promise<Raw>): Promise<Outcome> {
  try {
    const rows = await run();
    const names = columns.map(({ name }) => name);
    for (const row of rows.slice(0, 1)) {
      const own = Object.keys(row);
      if ([...own].sort().join('\n') !== [...names].sort().join('\n'))
        throw new TypeError(`columns ${own.join(', ')} instead of ${names.join(', ')}`);
    }
    return { code: undefined, rows: rows.map((row) => columns.map(({ name, type }) => toStored(type, row[name]))) };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code !== 'string') throw error;
    return { code, message };
  }
}

export function checkReceipt({ chunks, computedOn }: Receipt): void {
  const { expected, computed, pruned, fromManifest, notNeeded } = chunks;
  if (expected !== computed + pruned + fromManifest + notNeeded)
    throw new TypeError(`chunks ${JSON.stringify(chunks)}`);
  if (computed !== computedOn.shards + computedOn.client)
    throw new TypeError(`${computed} chunks computed, ${JSON.stringify(computedOn)}`);
  if (/256/.test(computedOn.reason ?? '')) throw new TypeError('the kernels of this process are used up');
}

export const collected = (
  query: () => Query,
  columns: readonly ChainColumn[],
  options: CollectOptions,
): Promise<Outcome> =>
  attempt(columns, async () => {
    const rows = await query().collect(options);
    checkReceipt(rows.receipt);
    return rows;
  });

async function pages(query: Query, rows: number, draw: Draw): Promise<Raw> {
  const size = Math.max(1, Math.min(10_000, Math.ceil(rows / draw.int(1, 5)) + draw.pick([0, 1, -1])));
  const options = draw.pick(SIDES);
  const all: Record<string, unknown>[] = [];
  let after: string | undefined;
  do {
    const page = await query.page({ ...options, size, after });
    checkReceipt(page.receipt);
    if (page.rows.length > size || (page.next !== undefined && page.rows.length < size))
      throw new TypeError(`a page of ${page.rows.length} rows`);
    all.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return all;
}

async function streamed(query: Query, draw: Draw): Promise<Raw> {
  const all: Record<string, unknown>[] = [];
  const batchRows = draw.pick([1, 3, 64, 1000]);
  const stream = query.stream({ ...draw.pick(SIDES), batchRows });
  for await (const batch of stream) {
    if (batch.length > batchRows) throw new TypeError(`a batch of ${batch.length} rows`);
    all.push(...batch);
  }
  checkReceipt((await stream.receipt) as Receipt);
  return all;
}

function ofColumns({ rows, columns, nulls, types }: ColumnsResult, known: readonly ChainColumn[]): Raw {
  for (const { name, type } of known)
    if (types[name] !== type) throw new TypeError(`${name} is ${types[name]}, not ${type}`);
  // An object of JavaScript has names that are whole numbers, such as "0", before all others.
  const order = Object.keys(Object.fromEntries(known.map(({ name }) => [name, true])));
  if (Object.keys(columns).join() !== order.join())
    throw new TypeError(`columns in the order ${Object.keys(columns).join()}`);
  const stored = (type: string, value: unknown): unknown =>
    type === 'date'
      ? new Date((value as number) * 86_400_000)
      : type === 'timestamp'
        ? new Date(value as number)
        : value;
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(
      known.map(({ name, type }) => [name, nulls[name]?.[i] ? null : stored(type, columns[name]?.[i])]),
    ),
  );
}

let written = 0;

async function throughTable(sf: Shardfold, query: Query, draw: Draw): Promise<Raw> {
  const name = `into ${written++}`;
  await query.into(name, { ...draw.pick(SIDES), ...(draw.chance(0.5) && { chunkRows: draw.pick([7, 100]) }) } as never);
  const rows = await sf.table(name).collect();
  await sf.drop(name);
  return rows;
}

/** How a chain is run. */
export interface ChainRun {
  readonly sf: Shardfold;
  readonly query: () => Query;
  readonly draw: Draw;
  /** Puts rows that have no order into one, to compare them; they are not read in pages then. */
  readonly inOrder?: ((rows: readonly (readonly Stored[])[]) => (readonly Stored[])[]) | undefined;
  /** Whether `page()` may refuse the query, as it does of keys that are grouped, joined or united. */
  readonly refusesPages?: boolean;
}

/** @returns what is wrong, undefined where nothing is */
export async function wrongChain(
  { sf, query, draw, inOrder, refusesPages = false }: ChainRun,
  { columns, rows, mayOverflow }: Stage,
  expected: readonly (readonly Stored[])[],
): Promise<string | undefined> {
  let first: Outcome | undefined;
  const ordered = (outcome: Outcome): Outcome =>
    outcome.code === undefined && inOrder !== undefined ? { ...outcome, rows: inOrder(outcome.rows) } : outcome;
  const wanted = (inOrder?.(expected) ?? expected) as Stored[][];
  const wrong = (found: Outcome): string | undefined => {
    const outcome = ordered(found);
    if (outcome.code === undefined) return differentRows(outcome.rows, wanted);
    return outcome.code === 'NUMERIC_OVERFLOW' && mayOverflow ? undefined : `${outcome.code}: ${outcome.message}`;
  };
  for (const options of SIDES) {
    const outcome = ordered(await collected(query, columns, options));
    const problem = wrong(outcome);
    if (problem !== undefined) return `${JSON.stringify(options)}: ${problem}`;
    first ??= outcome;
    if (!sameBits(first, outcome)) return `${JSON.stringify(options)} differs: ${first.code} ${outcome.code}`;
  }
  const forms: Record<string, () => Promise<Raw>> = {
    stream: () => streamed(query(), draw),
    columns: async () => ofColumns(await query().collectColumns(draw.pick(SIDES)), columns),
    ...(inOrder === undefined && { pages: () => pages(query(), rows, draw) }),
    into: () => throughTable(sf, query(), draw),
  };
  for (const [name, form] of Object.entries(forms)) {
    const outcome = await attempt(columns, form);
    if (refusesPages && outcome.code === 'INVALID_ARGUMENT' && outcome.message.startsWith('page() of')) continue;
    const problem = wrong(outcome);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

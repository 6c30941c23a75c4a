/** The passes of one fit: over the same versions of the tables, with what they cost added up. */

import type { CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import { ShardfoldError } from '../../errors.js';
import type { Expr } from '../../expr/expr.js';
import type { Over } from '../../expr/infer.js';
import type { Query } from '../../query/query.js';
import type { ColumnType } from '../../storage/types.js';
import { type PassResult, runPass } from '../run-pass.js';

/** How a model is fitted; what is left out is as in `collect`. `onProgress` is told of each pass anew. */
export type FitOptions = Pick<
  CollectOptions,
  'side' | 'maxInFlight' | 'sliceUnits' | 'timeout' | 'signal' | 'onProgress'
>;

/** What a model accounts for and what it cost: sums over all passes. */
export interface FitReceipt {
  readonly tables: readonly { readonly table: string; readonly version: number }[];
  /** How often the rows were passed over. */
  readonly passes: number;
  /** Chunks by where they were computed. */
  readonly computedOn: { readonly shards: number; readonly client: number };
  readonly calls: number;
  readonly retries: Readonly<Record<string, number>>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bytesStored: number;
  readonly serverMs: number;
  readonly longestCallMs: number;
  readonly wallMs: number;
}

/** All of them by name; the compiler sees to it that none is missing. */
export const FIT_OPTIONS = Object.keys({
  side: true,
  maxInFlight: true,
  sliceUnits: true,
  timeout: true,
  signal: true,
  onProgress: true,
} satisfies Record<keyof FitOptions, true>);

const versionsIn = ({ table, version, tables }: Receipt): FitReceipt['tables'] => tables ?? [{ table, version }];

export class Fitting {
  readonly #source: Query;
  readonly #options: FitOptions;
  readonly #receipts: Receipt[] = [];
  readonly #started = performance.now();

  constructor(source: Query, options: FitOptions) {
    this.#source = source;
    const { side, maxInFlight, sliceUnits, timeout, signal, onProgress } = options;
    const given = { side, maxInFlight, sliceUnits, timeout, signal, onProgress };
    this.#options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  }

  /** @throws UNKNOWN_COLUMN, INVALID_ARGUMENT; nothing is read */
  async types(names: readonly string[]): Promise<readonly ColumnType[]> {
    const { types } = await this.#source
      .select(...names)
      .limit(0)
      .collectColumns(this.#options);
    return names.map((name) => types[name] as ColumnType);
  }

  /** A pass over the rows. @throws WRITE_CONFLICT where a table is not as it was in the pass before */
  async pass(name: string, columns: readonly Expr[], list: readonly number[]): Promise<PassResult> {
    const result = await runPass(this.#source, name, { columns, list }, this.#options);
    this.#took(result.receipt);
    return result;
  }

  /** Aggregates over all rows. */
  async row(aggregates: Readonly<Record<string, Over<string>>>): Promise<Readonly<Record<string, number | null>>> {
    const result = await this.#source.agg(aggregates).collect<Record<string, number | null>>(this.#options);
    this.#took(result.receipt);
    return result[0] as Record<string, number | null>;
  }

  get receipt(): FitReceipt {
    const all = this.#receipts;
    const sum = (of: (receipt: Receipt) => number): number => all.reduce((total, each) => total + of(each), 0);
    const retries: Record<string, number> = {};
    for (const [cause, count] of all.flatMap((each) => Object.entries(each.retries))) {
      retries[cause] = (retries[cause] ?? 0) + count;
    }
    return {
      tables: all[0] === undefined ? [] : versionsIn(all[0]),
      passes: all.length,
      computedOn: {
        shards: sum(({ computedOn }) => computedOn.shards),
        client: sum(({ computedOn }) => computedOn.client),
      },
      calls: sum(({ calls }) => calls),
      retries,
      bytesSent: sum(({ bytesSent }) => bytesSent),
      bytesReceived: sum(({ bytesReceived }) => bytesReceived),
      bytesStored: sum(({ bytesStored }) => bytesStored),
      serverMs: sum(({ serverMs }) => serverMs),
      longestCallMs: Math.max(0, ...all.map(({ longestCallMs }) => longestCallMs)),
      wallMs: performance.now() - this.#started,
    };
  }

  #took(receipt: Receipt): void {
    const [first = receipt] = this.#receipts;
    this.#receipts.push(receipt);
    const before = new Map(versionsIn(first).map(({ table, version }) => [table, version]));
    const changed = versionsIn(receipt).find(({ table, version }) => before.get(table) !== version);
    if (changed === undefined) return;
    throw new ShardfoldError('WRITE_CONFLICT', `table ${changed.table} was changed while the model was fitted`, {
      hint: 'fit it again, while nobody writes; or keep the rows in a table of their own: .into(…)',
    });
  }
}

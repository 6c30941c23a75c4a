/** One fit: its passes and questions, all over the same versions of the tables. */

import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import { ShardfoldError } from '../../errors.js';
import type { Expr } from '../../expr/expr.js';
import { readsKeys } from '../../plan/keys/pulled.js';
import type { Relation } from '../../plan/relation.js';
import type { Query } from '../../query/query.js';
import { areOfOneVersion, type ModelReceipt, modelReceipt } from '../receipt.js';
import { type PassResult, runPass } from '../run-pass.js';

/** The options of a query among those of a fit. */
export function runOptionsOf(options: CollectOptions): CollectOptions {
  const given = Object.entries(options).filter(
    ([name, value]) => COLLECT_OPTIONS.includes(name) && value !== undefined,
  );
  return Object.fromEntries(given);
}

/** Thrown where a table was replaced since the fit began: all is done again. */
class VersionChanged extends Error {}

export class Fitting {
  readonly source: Query;
  readonly run: CollectOptions;
  /** Whether a condition chooses among the rows of its tables. */
  readonly filtered: boolean;
  readonly #passes: Receipt[] = [];
  #first: Receipt | undefined;

  constructor(source: Query, options: CollectOptions, filtered = false) {
    this.source = source;
    this.filtered = filtered;
    this.run = runOptionsOf(options);
  }

  /** A pass over the rows, or over some of them. @throws VersionChanged */
  async pass(
    name: string,
    columns: readonly Expr[],
    list: readonly number[],
    source: Query = this.source,
  ): Promise<PassResult> {
    const result = await runPass(source, name, { columns, list }, this.run);
    this.#note(result.receipt);
    this.#passes.push(result.receipt);
    return result;
  }

  /** Rows that the model has to know before. @throws VersionChanged */
  async ask<Row extends object>(query: Query): Promise<readonly Row[] & { readonly receipt: Receipt }> {
    const rows = await query.collect<Row>(this.run);
    this.#note(rows.receipt);
    return rows;
  }

  get receipt(): ModelReceipt {
    return modelReceipt(this.#passes);
  }

  #note(receipt: Receipt): void {
    this.#first ??= receipt;
    if (!areOfOneVersion(this.#first, receipt)) throw new VersionChanged();
  }
}

const MOST_VERSIONS = 5;

/**
 * @throws INVALID_ARGUMENT of rows of keys, which have neither an order nor versions; WRITE_CONFLICT where the tables were replaced in each
 *   of five runs
 */
export async function onOneVersion<Result>(
  source: Query,
  options: CollectOptions,
  work: (fitting: Fitting) => Promise<Result>,
): Promise<Result> {
  const relation = await source.resultSource(runOptionsOf(options)).bind();
  refuseKeys(relation);
  const filtered = isFiltered(relation);
  for (let run = 1; run <= MOST_VERSIONS; run++) {
    try {
      return await work(new Fitting(source, options, filtered));
    } catch (error) {
      if (!(error instanceof VersionChanged)) throw error;
    }
  }
  throw new ShardfoldError('WRITE_CONFLICT', 'the table was replaced again and again between two passes of a model', {
    hint: "write the rows to a table of their own before: .into('training')",
  });
}

function isFiltered(relation: Relation): boolean {
  const parts = relation.kind === 'fold' ? relation.parts.map(({ part }) => part) : relation.parts;
  return parts.some(
    ({ filter, source }) => filter !== undefined || (source.kind === 'derived' && isFiltered(source.input)),
  );
}

function refuseKeys(relation: Relation): void {
  if (!readsKeys(relation)) return;
  throw new ShardfoldError(
    'INVALID_ARGUMENT',
    'a model goes over its rows several times, and keys may change between',
    {
      hint: "make a table of them before: sf.hashes(…).into('training')",
    },
  );
}

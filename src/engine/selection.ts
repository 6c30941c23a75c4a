/**
 * Selection: which row has a rank in an order, and which rank a key has, by counts alone. A pass counts the rows between splitters,
 * the next one those between finer splitters in the range of the rank (drawn from a sample of it), until so few rows are left that
 * they can be looked at (Hoare 1961, Find; the splitters as in Munro & Paterson 1980). It takes strings and several keys as well
 * as numbers, and rows' numbers break ties, so that every range can be split.
 */

import { quantileOfRanks, quantileRanks } from '../aggregates/index.js';
import type { Entry } from '../codegen/rows-entries.js';
import type { OrderBy } from '../codegen/rows-shape.js';
import type { Physical, TypedExpr } from '../expr/typed.js';
import { type Receipt, ReceiptBuilder } from './receipt.js';
import type { RowWork } from './scan-spec.js';
import { RangePasses } from './selection-ranges.js';

/** Rows of a range that are looked at rather than split further. */
const FEW_ROWS = 4096;
/** Rows that a first and a later sample hold, roughly. */
const FIRST_SAMPLE = 8192;
const LATER_SAMPLE = 1024;
/** Even of small tables only some rows are drawn. */
const LEAST_STRIDE = 8;
/** Splitters on either side of where a rank is expected. */
const SPLITTERS = 4;

export interface Selected {
  /** Rows that pass the filter. */
  readonly total: number;
  /** The rows of the ranks asked for, undefined for those beyond the last row. */
  readonly entries: readonly (Entry | undefined)[];
}

/** A range of the order, known by its last entry (undefined: up to the end). */
interface Range {
  readonly end: Entry | undefined;
  readonly count: number;
  readonly rows: readonly Entry[];
}

export class Selection {
  readonly #passes: RangePasses;
  readonly #rows: number;

  constructor(passes: RangePasses, rows: number) {
    this.#passes = passes;
    this.#rows = rows;
  }

  /** @param ranksOf from 0, given the number of rows that pass */
  async run(ranksOf: (total: number) => readonly number[]): Promise<Selected> {
    const first = await this.#passes.run([], [Math.max(LEAST_STRIDE, Math.floor(this.#rows / FIRST_SAMPLE))]);
    const total = first.counts[0] as number;
    const ranks = ranksOf(total);
    const wanted = ranks.filter((rank) => rank < total);
    let ranges: Range[] = [{ end: undefined, count: total, rows: first.rows[0] as readonly Entry[] }];
    while (wanted.some((rank) => (find(ranges, rank).range as Range).count > FEW_ROWS)) {
      ranges = await this.#narrow(ranges, wanted);
    }
    const known = await this.#gather(ranges, wanted);
    const entries = ranks.map((rank) => {
      if (rank >= total) return undefined;
      const { index, before } = find(ranges, rank);
      return known.get(index)?.[rank - before];
    });
    return { total, entries };
  }

  /** Splits the ranges of the wanted ranks that hold many rows. */
  async #narrow(ranges: readonly Range[], wanted: readonly number[]): Promise<Range[]> {
    const ends: { end: Entry | undefined; stride: number }[] = [];
    const { compare } = this.#passes;
    let before = 0;
    for (const { end, count, rows } of merged(ranges, wanted)) {
      const inside = wanted.filter((rank) => rank >= before && rank < before + count);
      if (inside.length > 0 && count > FEW_ROWS) {
        const width = Math.max(1, Math.ceil(Math.sqrt(rows.length) / 2));
        const places = new Set<number>();
        for (const rank of inside) {
          const middle = Math.floor(((rank - before) / count) * rows.length);
          for (let k = -SPLITTERS; k <= SPLITTERS; k++) places.add(middle + k * width);
        }
        const splits = [...places]
          .sort((a, b) => a - b)
          .filter((place) => {
            const splitter = rows[place];
            return splitter !== undefined && (end === undefined || compare(splitter, end) < 0);
          });
        // Wherever the rank turns out to be, the next pass finds a sample of that range; without one this pass takes it.
        const strideOf = (samples: number): number =>
          Math.max(1, Math.floor((count * samples) / Math.max(1, rows.length) / LATER_SAMPLE));
        let from = 0;
        for (const place of splits) {
          ends.push({ end: rows[place], stride: strideOf(place - from) });
          from = place;
        }
        ends.push({
          end,
          stride: splits.length === 0 ? Math.max(1, Math.floor(count / LATER_SAMPLE)) : strideOf(rows.length - from),
        });
      } else {
        ends.push({ end, stride: 0 });
      }
      before += count;
    }
    const entries = ends.flatMap(({ end }) => end ?? []);
    const found = await this.#passes.run(
      entries,
      ends.map(({ stride }) => stride),
    );
    return ends.map(({ end }, i) => ({
      end,
      count: found.counts[i] as number,
      rows: found.rows[i] as readonly Entry[],
    }));
  }

  /** All rows of the ranges of the wanted ranks, by the range's place. */
  async #gather(ranges: readonly Range[], wanted: readonly number[]): Promise<Map<number, readonly Entry[]>> {
    const places = [...new Set(wanted.map((rank) => find(ranges, rank).index))].sort((a, b) => a - b);
    const known = new Map<number, readonly Entry[]>();
    const missing = places.filter((place) => (ranges[place] as Range).rows.length < (ranges[place] as Range).count);
    for (const place of places) if (!missing.includes(place)) known.set(place, (ranges[place] as Range).rows);
    if (missing.length === 0) return known;
    const strides = ranges.map((_, place) => (missing.includes(place) ? 1 : 0));
    const { rows } = await this.#passes.run(
      ranges.flatMap(({ end }) => end ?? []),
      strides,
      false,
    );
    for (const place of missing) known.set(place, rows[place] as readonly Entry[]);
    return known;
  }
}

/** The range of a rank, and the rows before it. */
function find(ranges: readonly Range[], rank: number): { range: Range | undefined; index: number; before: number } {
  let [before, index] = [0, 0];
  for (; index < ranges.length; index++) {
    const { count } = ranges[index] as Range;
    if (rank < before + count) break;
    before += count;
  }
  return { range: ranges[index], index, before };
}

/** Neighbouring ranges in which no wanted rank is become one. */
function merged(ranges: readonly Range[], wanted: readonly number[]): Range[] {
  const out: Range[] = [];
  let [before, joins] = [0, false];
  for (const range of ranges) {
    const empty = !wanted.some((rank) => rank >= before && rank < before + range.count);
    before += range.count;
    const last = out.at(-1);
    if (empty && joins && last !== undefined)
      out[out.length - 1] = { ...range, count: last.count + range.count, rows: [] };
    else out.push(empty ? { ...range, rows: [] } : range);
    joins = empty;
  }
  return out;
}

function begin(work: RowWork, order: readonly OrderBy[]) {
  const receipt = new ReceiptBuilder(work.spec.snapshot);
  const passes = new RangePasses(work, order, receipt);
  const finish = (): Receipt => {
    passes.finish();
    return receipt.finish(work.context.tally, passes.bytesStored);
  };
  return { passes, finish };
}

const rowsOf = ({ spec }: RowWork): number => spec.chunks.reduce((sum, { rows }) => sum + rows, 0);

/** The row at a rank of an order, from 0: its keys and number; undefined beyond the last row. */
export async function selectRank(
  work: RowWork,
  order: readonly OrderBy[],
  rank: number,
): Promise<{ readonly entry: Entry | undefined; readonly total: number; readonly receipt: Receipt }> {
  const { passes, finish } = begin(work, order);
  const { entries, total } = await new Selection(passes, rowsOf(work)).run(() => [rank]);
  return { entry: entries[0], total, receipt: finish() };
}

/** How many rows come before those with these keys: the rank of the first of them, were there one. */
export async function rankOf(
  work: RowWork,
  order: readonly OrderBy[],
  keys: readonly Physical[],
): Promise<{ readonly rank: number; readonly receipt: Receipt }> {
  const { passes, finish } = begin(work, order);
  const { counts } = await passes.run([{ keys, row: -1 }], [0, 0]);
  return { rank: counts[0] as number, receipt: finish() };
}

/**
 * Exact quantiles of the values that are not null, as the aggregate `quantile` has them; null of no values. All of them share
 * their passes.
 * @param qs from 0 to 1
 */
export async function quantiles(
  work: RowWork,
  expr: TypedExpr,
  qs: readonly number[],
): Promise<{ readonly values: readonly Physical[]; readonly receipt: Receipt }> {
  const { type } = expr;
  const present: TypedExpr = { kind: 'isNull', type: 'bool', arg: expr, negated: true };
  const { filter } = work.spec;
  const both: TypedExpr =
    filter === undefined ? present : { kind: 'logic', type: 'bool', op: 'and', left: filter, right: present };
  const valid = { ...work, spec: { ...work.spec, filter: both } };
  const { passes, finish } = begin(valid, [{ expr, descending: false, nullsFirst: false }]);
  const ranksOf = (n: number): number[][] => qs.map((q) => (n === 0 ? [] : [...quantileRanks(type, n, q)]));
  const { entries, total } = await new Selection(passes, rowsOf(work)).run((n) => ranksOf(n).flat());
  let next = 0;
  const values = ranksOf(total).map((ranks, i) => {
    const at = ranks.map(() => {
      const key = entries[next++]?.keys[0] as number | string;
      // -0 and 0 are one value.
      return typeof key === 'number' ? key + 0 : key;
    });
    return total === 0 ? null : quantileOfRanks(type, total, qs[i] as number, at);
  });
  return { values, receipt: finish() };
}

/** Histograms of vectors. */

import type { Bin } from '../aggregates/index.js';
import type { ClusterLink } from '../cluster/types.js';
import { checkOptions } from '../engine/check-options.js';
import { combineReceipts, type Receipt } from '../engine/receipt.js';
import { collectRows, type ResultRow } from '../engine/results/rows.js';
import type { AggregateExpr } from '../expr/expr.js';
import type { TableSnapshot } from '../storage/types.js';
import { extremesOf } from './extremes.js';
import { openVector } from './open.js';
import { aggregate, aggregating, pinnedSource, value } from './query.js';
import { contextOf, RUN_OPTIONS, runOnNewest, type VectorOptions } from './run.js';

/** `bins` of equal width, or those between ascending `edges`. */
export type HistogramOptions = VectorOptions & ({ readonly bins: number } | { readonly edges: readonly number[] });

const HISTOGRAM_OPTIONS = {
  ...RUN_OPTIONS,
  ...{ bins: true, edges: true },
} as const satisfies Record<keyof VectorOptions | 'bins' | 'edges', true>;

/** Both, where both are given: the aggregate says what is wrong with that. */
interface Asked {
  readonly bins?: number;
  readonly edges: readonly number[];
}

/** @throws INVALID_ARGUMENT for bins or edges that are none */
export function histogramOf(link: ClusterLink, name: string, options: HistogramOptions): Promise<readonly Bin[]> {
  checkOptions(options, Object.keys(HISTOGRAM_OPTIONS));
  const { bins, edges, ...run } = options as VectorOptions & Partial<Asked>;
  return 'bins' in options && !('edges' in options)
    ? equalBins(link, name, run, options.bins)
    : betweenEdges(link, name, run, { edges: edges as readonly number[], ...(bins !== undefined && { bins }) });
}

async function betweenEdges(
  link: ClusterLink,
  name: string,
  options: VectorOptions,
  asked: Asked,
): Promise<readonly Bin[]> {
  const { result } = await aggregate(link, name, options, () => ({ result: value.histogram(asked) }));
  return (result as readonly Bin[] | null) ?? emptyBins(asked.edges);
}

/** Edges are found first, then values are counted between them; of one version, so that no value lies outside. */
function equalBins(link: ClusterLink, name: string, options: VectorOptions, bins: number): Promise<readonly Bin[]> {
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const started = performance.now();
    const home = await openVector(link, name, context);
    const receipts: Receipt[] = [];
    const prepared = (aggregates: Aggregates) =>
      pinnedSource(link, home, { options, context }, (scan) => aggregating(scan, aggregates));
    const ask = async (aggregates: Aggregates): Promise<ResultRow> => {
      const rows = await collectRows(prepared(aggregates));
      receipts.push(rows.receipt);
      return rows[0] as ResultRow;
    };
    const plainly = { result: value.histogram({ bins }) };
    // Says what is wrong with the number of bins before anything is read.
    await prepared(plainly).bind();
    const range = await finiteRange(home, ask);
    const edges = equalEdges(range ?? [0, 1], bins);
    const { result } = await ask(edges ? { result: value.histogram({ edges }) } : plainly);
    const receipt = combineReceipts(receipts, context.tally, performance.now() - started);
    const counted = range === undefined ? null : (result as readonly Bin[] | null);
    return { result: counted ?? emptyBins(edges as readonly number[]), receipt };
  });
}

type Aggregates = Readonly<Record<string, AggregateExpr>>;
type Ask = (aggregates: Aggregates) => Promise<ResultRow>;

/** Undefined where no value is finite. */
async function finiteRange(home: TableSnapshot, ask: Ask): Promise<readonly [number, number] | undefined> {
  if (home.rows === 0) return undefined;
  const { least, greatest } = extremesOf(home);
  if (Number.isFinite(least) && Number.isFinite(greatest)) return [least, greatest];
  const where = value.gt(Number.NEGATIVE_INFINITY).and(value.lt(Number.POSITIVE_INFINITY));
  const { min, max } = await ask({ min: value.min({ where }), max: value.max({ where }) });
  return min === null ? undefined : [min as number, max as number];
}

/** As the aggregate cuts them; undefined where doubles lie too far apart for that many. */
function equalEdges([least, greatest]: readonly [number, number], bins: number): readonly number[] | undefined {
  const [low, high] = least === greatest ? [least - 0.5, greatest + 0.5] : [least, greatest];
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? high : low * (1 - i / bins) + high * (i / bins),
  );
  return edges.every((edge, i) => i === 0 || (edges[i - 1] as number) < edge) ? edges : undefined;
}

const emptyBins = (edges: readonly number[]): readonly Bin[] =>
  edges.slice(1).map((high, i) => ({ low: edges[i] as number, high, count: 0 }));

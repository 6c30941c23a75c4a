/** What k-means comes to. */

import { inspect } from 'node:util';
import type { RowsOf } from '../../query/infer.js';
import type { Query } from '../../query/query.js';
import { asNumber, newName, type PredictOptions } from '../common/columns.js';
import { checkModel } from '../common/json.js';
import { afterIterations } from '../common/not-converged.js';
import { counted, formatAll, signif, textTable } from '../common/print.js';
import { queryOf } from '../common/query-of.js';
import type { ModelReceipt } from '../receipt.js';
import { nearest } from './predict.js';

export interface KMeansFit {
  readonly x: readonly string[];
  /** Coordinates of the centers, one after the other. */
  readonly centers: readonly number[];
  readonly sizes: readonly number[];
  readonly inertias: readonly number[];
  readonly totalSumOfSquares: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly seed: number;
  readonly n: number;
  readonly dropped: number;
}

export interface KMeansJson extends Omit<KMeansFit, 'centers'> {
  readonly model: 'kmeans';
  readonly centers: readonly (readonly number[])[];
  readonly k: number;
  readonly inertia: number;
  readonly receipt: ModelReceipt;
}

/** Clusters have the numbers 0 … k − 1, in the order in which their first centers were drawn. */
export class KMeansModel {
  readonly kind = 'kmeans';
  /** Names of the columns, which `predict` reads. */
  readonly x: readonly string[];
  readonly k: number;
  /** A centre each, with a coordinate for each column. */
  readonly centers: readonly (readonly number[])[];
  /** Rows of each cluster. */
  readonly sizes: readonly number[];
  /** Sum of the squared distances of the rows from their centers: of all, and of each cluster. */
  readonly inertia: number;
  readonly inertias: readonly number[];
  /** Of all rows from their mean. */
  readonly totalSumOfSquares: number;
  readonly iterations: number;
  /** False of what a `NotConverged` has as its `last`: the centers still moved. */
  readonly converged: boolean;
  readonly seed: number;
  /** Rows that counted, and rows left out for a null. */
  readonly n: number;
  readonly dropped: number;
  /** What the fit cost; of a model that was loaded, then. */
  readonly receipt: ModelReceipt;

  constructor(fit: KMeansFit, receipt: ModelReceipt) {
    const { x, centers } = fit;
    this.x = x;
    this.k = centers.length / x.length;
    this.centers = Array.from({ length: this.k }, (_, j) => centers.slice(j * x.length, (j + 1) * x.length));
    this.sizes = fit.sizes;
    this.inertias = fit.inertias;
    this.inertia = fit.inertias.reduce((sum, each) => sum + each, 0);
    this.totalSumOfSquares = fit.totalSumOfSquares;
    this.iterations = fit.iterations;
    this.converged = fit.converged;
    this.seed = fit.seed;
    this.n = fit.n;
    this.dropped = fit.dropped;
    this.receipt = receipt;
  }

  /** Takes what `toJSON` gave. @throws INVALID_ARGUMENT */
  static fromJSON(json: unknown): KMeansModel {
    const given = checkModel<KMeansJson>(json, 'kmeans');
    return new KMeansModel({ ...given, centers: given.centers.flat() }, given.receipt);
  }

  /**
   * The rows with one more column: the number of the nearest centre (the lower of two as near), null where a column is null or NaN.
   * Computed in the shards when the query is run.
   */
  predict(rows: RowsOf<object>, options: PredictOptions = {}): Query {
    const as = newName(options, 'cluster');
    return queryOf(rows).withColumns(nearest(this.x.map(asNumber), this.centers).as(as));
  }

  toJSON(): KMeansJson {
    const { x, k, centers, sizes, inertia, inertias, totalSumOfSquares } = this;
    const { iterations, converged, seed, n, dropped, receipt } = this;
    const found = { k, centers, sizes, inertia, inertias, totalSumOfSquares };
    return { model: 'kmeans', x, ...found, iterations, converged, seed, n, dropped, receipt };
  }

  /** A summary. */
  toString(): string {
    const { x, k, sizes, inertia, inertias, totalSumOfSquares, iterations, dropped } = this;
    const columns = x.map((_, i) => formatAll(this.centers.map((centre) => centre[i] as number)));
    const rows = sizes.map((size, j) => [String(j), String(size), ...columns.map((cells) => cells[j] as string)]);
    const between = totalSumOfSquares > 0 ? (1 - inertia / totalSumOfSquares) * 100 : 0;
    return [
      `k-means: ${k} ${k === 1 ? 'cluster' : 'clusters'} of ${counted(this.n)}${dropped > 0 ? ` (${dropped} with nulls left out)` : ''}`,
      '',
      'Centers:',
      textTable(['cluster', 'size', ...x], rows),
      '',
      `Sum of squares within clusters: ${inertias.map((each) => signif(each, 7)).join(', ')}; in all ${signif(inertia, 7)}`,
      `Between clusters: ${between.toFixed(1)} % of ${signif(totalSumOfSquares, 7)}`,
      `${this.converged ? 'Converged' : 'Not converged'} ${afterIterations(iterations)}, seed ${this.seed}`,
    ].join('\n');
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }
}

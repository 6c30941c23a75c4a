/** What principal component analysis comes to. */

import { inspect } from 'node:util';
import type { Expr } from '../../expr/expr.js';
import type { RowsOf } from '../../query/infer.js';
import type { Query } from '../../query/query.js';
import { asNumber, newName, type PredictOptions } from '../common/columns.js';
import { checkModel } from '../common/json.js';
import { counted, formatAll, textTable } from '../common/print.js';
import { queryOf } from '../common/query-of.js';
import type { ModelReceipt } from '../receipt.js';

export interface PcaFit {
  readonly x: readonly string[];
  readonly means: readonly number[];
  /** What the differences from the means are divided by; 1 where nothing was scaled. */
  readonly scales: readonly number[];
  /** One a component, with a loading for each column. */
  readonly components: readonly (readonly number[])[];
  /** Variance (n − 1) along each component. */
  readonly explainedVariance: readonly number[];
  /** Sum of the variances of all columns. */
  readonly totalVariance: number;
  readonly n: number;
  readonly dropped: number;
}

export interface PcaJson extends PcaFit {
  readonly model: 'pca';
  readonly explainedVarianceRatio: readonly number[];
  readonly receipt: ModelReceipt;
}

/** Components come by their variance, the greatest first; of each the loading of the greatest size (the first of several) is positive. */
export class PcaModel implements PcaFit {
  readonly kind = 'pca';
  readonly x: readonly string[];
  readonly means: readonly number[];
  readonly scales: readonly number[];
  readonly components: readonly (readonly number[])[];
  readonly explainedVariance: readonly number[];
  readonly totalVariance: number;
  /** Share of each component in the total variance. */
  readonly explainedVarianceRatio: readonly number[];
  /** Rows that counted, and rows left out for a null. */
  readonly n: number;
  readonly dropped: number;
  /** What the fit cost; of a model that was loaded, then. */
  readonly receipt: ModelReceipt;

  constructor(fit: PcaFit, receipt: ModelReceipt) {
    this.x = fit.x;
    this.means = fit.means;
    this.scales = fit.scales;
    this.components = fit.components;
    this.explainedVariance = fit.explainedVariance;
    this.totalVariance = fit.totalVariance;
    this.explainedVarianceRatio = fit.explainedVariance.map((variance) =>
      fit.totalVariance > 0 ? variance / fit.totalVariance : 0,
    );
    this.n = fit.n;
    this.dropped = fit.dropped;
    this.receipt = receipt;
  }

  /** Takes what `toJSON` gave. @throws INVALID_ARGUMENT */
  static fromJSON(json: unknown): PcaModel {
    const given = checkModel<PcaJson>(json, 'pca');
    return new PcaModel(given, given.receipt);
  }

  /**
   * The rows with a column more for each component, `pc1`, `pc2`, …: where they lie along it, null where a column is null. Computed in
   * the shards when the query is run.
   */
  transform(rows: RowsOf<object>, options: PredictOptions = {}): Query {
    const as = newName(options, 'pc');
    const { x, means, scales } = this;
    const centred = x.map(
      (name, i): Expr =>
        asNumber(name)
          .sub(means[i] as number)
          .div(scales[i] as number),
    );
    const along = this.components.map((loadings, c) =>
      centred
        .map((column, i): Expr => column.mul(loadings[i] as number))
        .reduce((sum, each) => sum.add(each))
        .as(`${as}${c + 1}`),
    );
    return queryOf(rows).withColumns(...along);
  }

  toJSON(): PcaJson {
    const { x, means, scales, components, explainedVariance, totalVariance, explainedVarianceRatio } = this;
    const found = { components, explainedVariance, totalVariance, explainedVarianceRatio };
    const { n, dropped, receipt } = this;
    return { model: 'pca', x, means, scales, ...found, n, dropped, receipt };
  }

  /** A summary. */
  toString(): string {
    const { x, components, explainedVariance, explainedVarianceRatio, n, dropped } = this;
    const titles = components.map((_, c) => `PC${c + 1}`);
    let sum = 0;
    const cumulative = explainedVarianceRatio.map((ratio) => (sum += ratio));
    const importance = [
      ['Standard deviation', ...formatAll(explainedVariance.map(Math.sqrt))],
      ['Proportion of variance', ...explainedVarianceRatio.map((ratio) => ratio.toFixed(4))],
      ['Cumulative proportion', ...cumulative.map((ratio) => ratio.toFixed(4))],
    ];
    const loadings = components.map((component) => formatAll(component.map((each) => Number(each.toFixed(6)))));
    return [
      `Principal components of ${counted(n)}${dropped > 0 ? ` (${dropped} with nulls left out)` : ''}`,
      '',
      textTable(['', ...titles], importance),
      '',
      'Loadings:',
      textTable(
        ['', ...titles],
        x.map((name, i) => [name, ...loadings.map((cells) => cells[i] as string)]),
      ),
    ].join('\n');
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** Models: what a connection offers beside its tables and keys. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { checkOptions } from '../engine/check-options.js';
import { ShardfoldError, showValue } from '../errors.js';
import { Matrix } from '../linalg/matrix.js';
import type { RowsOf } from '../query/infer.js';
import { KeySources } from '../query/key-sources.js';
import { Query } from '../query/query.js';
import { type KMeansOptions, kMeans } from './kmeans/fit.js';
import type { KMeansModel } from './kmeans/model.js';
import { fitLinear, type LinearModel, type LinearOptions } from './linear/index.js';
import { fitLogistic } from './logistic/fit.js';
import type { LogisticModel } from './logistic/model.js';
import type { LogisticOptions } from './logistic/options.js';
import { type PcaOptions, pca } from './pca/fit.js';
import type { PcaModel } from './pca/model.js';
import { loadModel, type Model, saveModel } from './saved.js';

/** What a model is fitted to: a query, a matrix with its columns c0, c1, …, or the name of either's table. */
export type ModelRows = RowsOf<object> | Matrix | string;

/** How models are saved and loaded. */
export interface SavedOptions {
  /** Milliseconds without progress after which the work fails; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

function contextOf(link: ClusterLink, options: SavedOptions): CallContext {
  checkOptions(options, ['timeout', 'signal']);
  const { timeout, signal } = options;
  return link.context({ ...(timeout !== undefined && { timeoutMs: timeout }), ...(signal && { signal }) });
}

function checkModelName(name: unknown): string {
  if (typeof name === 'string') return name;
  throw new ShardfoldError('INVALID_ARGUMENT', `the name of the model is ${showValue(name)}`, {
    hint: "e.g. 'prices'",
  });
}

export abstract class ModelMethods extends KeySources {
  /**
   * A linear regression over the rows of a query or a table: `sf.linearRegression('homes', { y: 'price', x: ['area', 'rooms'] })`. The
   * triangular factor R of [X, y] is computed in the shards (Householder, TSQR), then residuals in double-double, by which the
   * coefficients are refined (Björck 1967) until their digits are known; where the condition forbids it, products are summed without any error
   * and the normal equations are solved in rational arithmetic. Same bits on any number of shards. `docs/linear-algebra.md` says more.
   * @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH, PLAN_TOO_LARGE before rows are read; INVALID_VALUE, OUT_OF_RANGE (NaN or
   *   infinite values), TOO_FEW_ROWS, SINGULAR naming the columns
   */
  async linearRegression(source: ModelRows, options: LinearOptions): Promise<LinearModel> {
    return fitLinear(this.link, this.#rows(source), options);
  }

  /**
   * A logistic regression over the rows of a query or a table: `sf.logisticRegression('flights', { y: 'late', x: ['distance', 'origin'] })`.
   * Newton's iterations (iteratively reweighted least squares), a pass over the rows each, with an exponential made of + − × ÷: the bits
   * depend neither on the number of shards nor on the C library of the servers.
   * @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH, PLAN_TOO_LARGE before rows are read; INVALID_VALUE for y that is neither 0 nor 1,
   *   and for nulls that are refused; OUT_OF_RANGE (NaN or infinite values), TOO_FEW_ROWS, SINGULAR naming a column; NOT_CONVERGED (a
   *   `NotConverged` with the last iterate and the reason, such as classes that x separates)
   */
  async logisticRegression(source: ModelRows, options: LogisticOptions): Promise<LogisticModel> {
    return fitLogistic(this.link, this.#rows(source), options);
  }

  /**
   * k-means over a query or the table of a name: the first centres by k-means++ (Arthur & Vassilvitskii 2007), then Lloyd's iterations, a
   * pass over the rows each; only centres and sums travel. The bits depend on the rows and the seed, not on the number of shards. A centre
   * that is left without rows moves to the row that is farthest from its own centre.
   *
   *     const model = await sf.kMeans('flights', { x: ['delay', 'distance'], k: 4 });
   *     const rows = await model.predict(sf.table('flights')).limit(5).collect();
   *
   * @throws INVALID_ARGUMENT (k beyond the rows, or beyond those that differ), UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_VALUE (nulls that are
   *   refused), OUT_OF_RANGE (NaN, infinities), PLAN_TOO_LARGE, NOT_CONVERGED (a `NotConverged` with the reason, and the model as far as it
   *   came in `last`)
   */
  async kMeans(source: ModelRows, options: KMeansOptions): Promise<KMeansModel> {
    return kMeans(this.#rows(source), options);
  }

  /**
   * Principal components of columns of a query or of the table of a name: means, then the R factor of the centred rows (TSQR) in the
   * shards, and its singular values here. Same bits on any number of shards.
   * @throws INVALID_ARGUMENT (k beyond the columns, a constant column that is to be scaled), TOO_FEW_ROWS, UNKNOWN_COLUMN, TYPE_MISMATCH,
   *   INVALID_VALUE (nulls that are refused), OUT_OF_RANGE (NaN, infinities), PLAN_TOO_LARGE, …
   */
  async pca(source: ModelRows, options: PcaOptions): Promise<PcaModel> {
    return pca(this.#rows(source), options);
  }

  /**
   * Keeps a model of any kind in the cluster, under a name among those of tables: a table of one row, its JSON. A model of that name is
   * replaced, another table refused.
   * @throws INVALID_ARGUMENT for what is no model, TABLE_EXISTS, WRITE_CONFLICT
   */
  async saveModel(name: string, model: Model, options: SavedOptions = {}): Promise<void> {
    return saveModel(this.link, checkModelName(name), model, contextOf(this.link, options));
  }

  /**
   * A model that `saveModel` kept: `const model = await sf.loadModel<LinearModel>('prices')`. The type is taken on trust; `instanceof` tells.
   * @throws TABLE_NOT_FOUND, INVALID_ARGUMENT where the table is no model, CORRUPT_MANIFEST where it is of a later format
   */
  async loadModel<Kind extends Model = Model>(name: string, options: SavedOptions = {}): Promise<Kind> {
    return (await loadModel(this.link, checkModelName(name), contextOf(this.link, options))) as Kind;
  }

  #rows(source: ModelRows): Query {
    if (typeof source === 'string') return new Query(this.link, { kind: 'scan', table: source });
    if (source instanceof Matrix) return new Query(this.link, { kind: 'scan', table: source.name });
    if (source instanceof Query) return source as Query;
    throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(source)} is no query`, {
      hint: "the name of a table, sf.table('trips'), or any query over it",
    });
  }
}

/** What a vector tells: its methods that give numbers. */

import { inspect } from 'node:util';
import type { Bin } from '../aggregates/index.js';
import type { ClusterLink } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import { checkName } from '../storage/schema.js';
import { extremeOf, placeOf } from './extremes.js';
import { type HistogramOptions, histogramOf } from './histogram.js';
import { cosineOf, distanceOf, dotOf, meanOf, normOf, sumOf } from './norms.js';
import { value } from './query.js';
import type { VectorOptions } from './run.js';
import { greatestOf, numberOf, quantilesOf } from './statistics.js';

/**
 * NaN is a value and the greatest number, as in DuckDB: `max` and `argMax` give it where there is one, `min` and `argMin` only where there
 * is nothing else; sums, norms and products carry it on. -0 and 0 are equal.
 */
export abstract class VectorNumbers {
  readonly name: string;
  protected readonly link: ClusterLink;

  constructor(link: ClusterLink, name: string) {
    this.link = link;
    this.name = name;
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return `Vector ${JSON.stringify(this.name)} (not read: call .get())`;
  }

  /** As in a template literal: what `console.log` shows. */
  toString(): string {
    return this[inspect.custom]();
  }

  /** Σ values, off by at most 2^-50 · Σ|value|; 0 for an empty vector. The same bits as `sf.table(name).agg(col('value').sum())`. */
  async sum(options: VectorOptions = {}): Promise<number> {
    return sumOf(this.link, this.name, options);
  }

  /** The sum divided by the number of values; NaN for an empty vector. */
  async mean(options: VectorOptions = {}): Promise<number> {
    return meanOf(this.link, this.name, options);
  }

  /**
   * A norm; 0 for an empty vector. 2: the Euclidean √Σ value², with neither overflow nor underflow on the way. 1: Σ|value|, off by at
   * most 2^-50 of itself. Infinity: the greatest |value|.
   * @throws INVALID_ARGUMENT for another order
   */
  async norm(order: number = 2, options: VectorOptions = {}): Promise<number> {
    return normOf(this.link, this.name, order, options);
  }

  /**
   * The dot product, off by at most 2^-49.8 · Σ|a · b| (products are rounded before they are summed); 0 for empty vectors.
   * Vectors that were made with `alignWith` meet on their shards; of others the one that takes fewer bytes is pulled and sent
   * to the shards of the other, and the receipt says so (`travelled`).
   * @throws NOT_ALIGNED where the vectors are of different lengths
   */
  async dot(other: VectorNumbers | string, options: VectorOptions = {}): Promise<number> {
    return dotOf(this.link, { name: this.name, other: this.nameOf(other) }, options);
  }

  /**
   * The cosine of the angle between the two: a · b / (‖a‖ ‖b‖), within -1 … 1, off by at most 2^-49. No product overflows or vanishes.
   * NaN where one of them is zero, empty, or holds an infinity. Otherwise as `dot`.
   */
  async cosine(other: VectorNumbers | string, options: VectorOptions = {}): Promise<number> {
    return cosineOf(this.link, { name: this.name, other: this.nameOf(other) }, options);
  }

  /**
   * The norm of the difference, by the orders of `norm`; 0 for empty vectors. Differences are rounded, squares neither overflow nor
   * vanish (where they would, two more passes find a scale). Otherwise as `dot`.
   * @throws NOT_ALIGNED where the vectors are of different lengths, INVALID_ARGUMENT for another order
   */
  async distance(other: VectorNumbers | string, order: number = 2, options: VectorOptions = {}): Promise<number> {
    return distanceOf(this.link, { name: this.name, other: this.nameOf(other) }, order, options);
  }

  /** The least value, as the manifest tells it: nothing else is read. @throws OUT_OF_RANGE for an empty vector */
  async min(options: VectorOptions = {}): Promise<number> {
    return extremeOf(this.link, this.name, 'least', options);
  }

  /** The greatest value, as `min`. */
  async max(options: VectorOptions = {}): Promise<number> {
    return extremeOf(this.link, this.name, 'greatest', options);
  }

  /** The index (from 0) of the least value, of several the first; one chunk is searched, in its shard. @throws OUT_OF_RANGE for an empty vector */
  async argMin(options: VectorOptions = {}): Promise<number> {
    return placeOf(this.link, this.name, 'least', options);
  }

  /** The index of the greatest value, as `argMin`; of the first NaN where there is one. */
  async argMax(options: VectorOptions = {}): Promise<number> {
    return placeOf(this.link, this.name, 'greatest', options);
  }

  /**
   * The sample variance (n - 1), within 1e-12 · condition (Chan, Golub & LeVeque 1983); NaN for fewer than two values.
   * @throws OUT_OF_RANGE where there is an infinity or NaN
   */
  async var(options: VectorOptions = {}): Promise<number> {
    return numberOf(this.link, this.name, options, value.var());
  }

  /** The sample standard deviation, as `var`. */
  async std(options: VectorOptions = {}): Promise<number> {
    return numberOf(this.link, this.name, options, value.std());
  }

  /** The variance of a population (n), as `var`; 0 for one value, NaN for none. */
  async varPop(options: VectorOptions = {}): Promise<number> {
    return numberOf(this.link, this.name, options, value.varPop());
  }

  /** The standard deviation of a population, as `varPop`. */
  async stdPop(options: VectorOptions = {}): Promise<number> {
    return numberOf(this.link, this.name, options, value.stdPop());
  }

  /**
   * The exact value at rank (n - 1) q, 0 <= q <= 1, interpolated between neighbours; of a list of q the values in that order, in one
   * pass where they are few and by selection where they are many: see `median` of queries.
   * @throws OUT_OF_RANGE for an empty vector, INVALID_ARGUMENT for a q that is none
   */
  quantile(q: number, options?: VectorOptions): Promise<number>;
  quantile(q: readonly number[], options?: VectorOptions): Promise<Float64Array>;
  async quantile(q: number | readonly number[], options: VectorOptions = {}): Promise<number | Float64Array> {
    const values = await quantilesOf(this.link, this.name, options, Array.isArray(q) ? q : [q as number]);
    return Array.isArray(q) ? values : (values[0] as number);
  }

  /**
   * Bins `{ low, high, count }` with low < value <= high, the least value or edge in the first: `bins` of equal width between the least
   * and the greatest finite value (half a unit around a single one, 0 … 1 where there is none), or between ascending `edges`. NaN and
   * what lies outside are left out. Counts alone come back from the shards.
   * @throws INVALID_ARGUMENT for bins or edges that are none
   */
  async histogram(options: HistogramOptions): Promise<readonly Bin[]> {
    // Without types it may be left out: what is missing is said as where it is empty.
    const given = options as HistogramOptions | undefined;
    return histogramOf(this.link, this.name, given ?? ({} as HistogramOptions));
  }

  /**
   * The k greatest values, the greatest (NaN) first; k up to 999,999.
   * @throws OUT_OF_RANGE for more than there are, INVALID_ARGUMENT for a k that is none
   */
  async topK(k: number, options: VectorOptions = {}): Promise<Float64Array> {
    return greatestOf(this.link, this.name, options, k);
  }

  /** @throws INVALID_ARGUMENT for what is no name, and no vector of this connection */
  protected nameOf(other: unknown, what = 'the other operand'): string {
    if (typeof other === 'string') {
      checkName(other, what);
      return other;
    }
    if (!(other instanceof VectorNumbers) || other.link !== this.link) {
      throw new ShardfoldError('INVALID_ARGUMENT', `${what} is no vector of this connection`, {
        hint: 'sf.vector(name) of the same connection, or a name',
      });
    }
    return other.name;
  }

  /** The name of the vector that a result becomes. Options in its place are an easy slip. @throws INVALID_ARGUMENT */
  protected targetOf(into: unknown, hint: string): string {
    if (typeof into === 'string' || into instanceof VectorNumbers) return this.nameOf(into, 'the vector to write');
    throw new ShardfoldError('INVALID_ARGUMENT', `the vector to write is ${showValue(into)}`, { hint });
  }
}

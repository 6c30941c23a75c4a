/** What is done with rows of numbers that a few fields cannot hold, as aggregates ask for it: R factors, sums of products, clusters. */

/** A pass by its name, over rows of `width` numbers, with its constants: coefficients, centres, shifts. */
export interface BoundPass {
  readonly pass: string;
  readonly width: number;
  readonly list: readonly number[];
}

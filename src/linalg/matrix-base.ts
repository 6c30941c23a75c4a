/** What every family of methods on matrices stands on. */

import type { ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { ShardfoldError } from '../errors.js';
import { type MatrixSnapshot, openMatrix } from './matrix-open.js';
import type { Reduced } from './reduce.js';
import type { Ground } from './row-calls.js';
import { contextOf, runOnNewest, type VectorOptions, type VectorWriteOptions } from './run.js';

export type MatrixOptions = VectorOptions;
export type MatrixWriteOptions = VectorWriteOptions;

/** A matrix by its name. */
export abstract class MatrixBase {
  readonly name: string;
  readonly #link: ClusterLink;

  constructor(link: ClusterLink, name: string) {
    this.#link = link;
    this.name = name;
  }

  /** Another matrix of the same connection. */
  protected sibling(name: string): this {
    return new (this.constructor as new (link: ClusterLink, name: string) => this)(this.#link, name);
  }

  /** @throws INVALID_ARGUMENT for what is no matrix of this connection */
  protected nameOf(other: MatrixBase | string): string {
    if (typeof other === 'string') return other;
    if (!(other instanceof MatrixBase) || other.#link !== this.#link) {
      throw new ShardfoldError('INVALID_ARGUMENT', 'the other operand is no matrix of this connection', {
        hint: 'sf.matrix(name) of the same connection, or a name',
      });
    }
    return other.name;
  }

  /** Runs work on the newest version of this matrix. */
  protected work<Result>(
    options: MatrixOptions,
    work: (ground: Ground, matrix: MatrixSnapshot) => Promise<Reduced<Result>>,
  ): Promise<Result> {
    return runOnNewest(contextOf(this.#link, options), options, async (context) => {
      const ground = { link: this.#link, options: runOptions(options), context };
      return work(ground, await openMatrix(this.#link, this.name, context));
    });
  }
}

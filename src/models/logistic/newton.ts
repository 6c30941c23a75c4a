/** Newton's iterations on the penalised likelihood: a pass over the rows each, with halved steps where a whole one makes it worse. */

import { ShardfoldError } from '../../errors.js';
import { type Cholesky, cholesky } from '../common/cholesky.js';
import { refuseOverflow } from '../common/columns.js';
import type { Fitting } from '../common/fitting.js';
import { afterIterations, type Iterate, NotConverged } from '../common/not-converged.js';
import { signif } from '../common/print.js';
import { INTERCEPT } from '../linear/terms.js';
import { solveLower, solveUpper } from '../linear/triangle.js';
import type { LogisticDesign } from './design.js';

export interface NewtonOptions {
  readonly l2: number;
  readonly maxIterations: number;
  readonly tolerance: number;
}

/** Where the iterations stand: of coefficients of the scaled columns. */
interface State {
  readonly beta: readonly number[];
  readonly deviance: number;
  /** With the penalty. */
  readonly objective: number;
  readonly slopes: readonly number[];
  readonly factor: Cholesky['r'];
}

export interface Solution extends Omit<State, 'slopes' | 'objective'> {
  readonly iterations: number;
}

/** Of columns with variance 1: what is left of one when those before are taken away. Less is lost in the sums of products. */
const LEAST_PIVOT = 1e-11;
const MOST_HALVINGS = 30;
const PENALTY = 'a penalty keeps coefficients finite: l2: 1; or leave columns out';

export class Newton {
  readonly #fitting: Fitting;
  readonly #design: LogisticDesign;
  readonly #options: NewtonOptions;
  /** λ of each scaled coefficient. */
  readonly #penalties: readonly number[];
  #iterations = 0;

  constructor(fitting: Fitting, design: LogisticDesign, options: NewtonOptions) {
    this.#fitting = fitting;
    this.#design = design;
    this.#options = options;
    const { names, factors } = design;
    this.#penalties = factors.map((factor, j) => (names[j] === INTERCEPT ? 0 : options.l2 * factor * factor));
  }

  /** @throws NOT_CONVERGED, SINGULAR naming a column, OUT_OF_RANGE */
  async solve(): Promise<Solution> {
    const { maxIterations, tolerance } = this.#options;
    let state = await this.#at(this.#design.names.map(() => 0));
    for (;;) {
      const step = solveUpper(state.factor, solveLower(state.factor, state.slopes));
      const greatest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
      const moved = greatest(step) / (1 + greatest(state.beta));
      if (this.#iterations === maxIterations) {
        const reason = `the coefficients still move by ${moved.toPrecision(2)} after the most iterations, ${maxIterations}`;
        throw this.#failed(
          reason,
          state,
          'raise maxIterations; where they grow on and on, the classes are separated: l2: 1',
        );
      }
      this.#iterations += 1;
      const isLast = moved <= tolerance;
      state = isLast ? await this.#at(plus(state.beta, step), state) : await this.#better(state, step);
      if (isLast) return { ...state, iterations: this.#iterations };
    }
  }

  /** Half of the step, and half of that, until the objective is no greater than before. */
  async #better(from: State, step: readonly number[]): Promise<State> {
    let part = step;
    for (let halvings = 0; halvings <= MOST_HALVINGS; halvings++) {
      const to = await this.#at(plus(from.beta, part), from);
      if (to.objective <= from.objective + 1e-10 * (Math.abs(from.objective) + 1)) return to;
      part = part.map((each) => each / 2);
    }
    throw this.#failed('no step makes the deviance smaller', from, PENALTY);
  }

  async #at(beta: readonly number[], before?: State): Promise<State> {
    const { columns, shifts, factors, names } = this.#design;
    const { flat } = await this.#fitting.pass('logistic', columns, [...shifts, ...factors, ...beta]);
    const size = names.length;
    const [deviance = 0, low = 0, high = 0] = flat;
    const information = flat.slice(3 + size);
    refuseOverflow([deviance, ...information], names);
    const state = { beta, deviance, objective: deviance + this.#penaltyOf(beta) };
    // Only a constant term can move what lies between them to 0.
    const separated = names[0] === INTERCEPT ? low > high : low > 0 && high < 0;
    if (this.#options.l2 === 0 && separated) {
      throw this.#failed(
        'x tells all rows where y is 1 from those where it is 0: the coefficients grow without end',
        state,
        PENALTY,
      );
    }
    const penalised = [...information];
    for (const [j, penalty] of this.#penalties.entries()) {
      const diagonal = j * size - (j * (j - 1)) / 2;
      penalised[diagonal] = (penalised[diagonal] as number) + penalty;
    }
    const made = cholesky(penalised, size, LEAST_PIVOT);
    if ('dependent' in made) throw this.#dependent(made.dependent, state, before);
    const slopes = flat
      .slice(3, 3 + size)
      .map((slope, j) => slope - (this.#penalties[j] as number) * (beta[j] as number));
    return { ...state, slopes, factor: made.r };
  }

  #penaltyOf(beta: readonly number[]): number {
    return beta.reduce((sum, each, j) => sum + (this.#penalties[j] as number) * each * each, 0);
  }

  /** At the start the columns are to blame, later the coefficients. */
  #dependent(column: number, state: Pick<State, 'beta' | 'deviance'>, before: State | undefined): ShardfoldError {
    if (before !== undefined) {
      const reason = 'x tells some rows where y is 1 from the others: coefficients grow without end';
      return this.#failed(reason, state, PENALTY);
    }
    const name = this.#design.names[column];
    const message = `column "${name}" is a combination of the columns before it, or nearly one: less than ${LEAST_PIVOT} of its squares is left`;
    return new ShardfoldError('SINGULAR', message, { hint: 'leave it out of x, or add a penalty: l2' });
  }

  #failed(reason: string, { beta, deviance }: Pick<State, 'beta' | 'deviance'>, hint: string): NotConverged<Iterate> {
    const last = { iterations: this.#iterations, coefficients: unscaled(this.#design, beta), deviance };
    return new NotConverged(reason, last, { shown: shownOf(last), hint });
  }
}

const MOST_SHOWN = 5;

function shownOf({ iterations, coefficients, deviance }: Iterate): string {
  const shown = coefficients.slice(0, MOST_SHOWN).map(({ name, estimate }) => `${name} ${signif(estimate, 5)}`);
  const list = [...shown, ...(coefficients.length > MOST_SHOWN ? ['…'] : [])].join(', ');
  return `${afterIterations(iterations)} the deviance is ${signif(deviance, 5)}, and the coefficients are ${list}`;
}

const plus = (a: readonly number[], b: readonly number[]): number[] => a.map((each, j) => each + (b[j] as number));

/** In the units of the columns. */
export function unscaled(
  { names, shifts, factors }: LogisticDesign,
  beta: readonly number[],
): { readonly name: string; readonly estimate: number }[] {
  const slopes = beta.map((each, j) => each * (factors[j] as number));
  const away = slopes.reduce((sum, slope, j) => sum + slope * (shifts[j] as number), 0);
  return names.map((name, j) => ({
    name,
    estimate: (slopes[j] as number) - (name === INTERCEPT && j === 0 ? away : 0),
  }));
}

/** Standard errors in the units of the columns: roots of the diagonal of T (RᵀR)⁻¹ Tᵀ, where T undoes the scales. */
export function standardErrors({ names, shifts, factors }: LogisticDesign, factor: Cholesky['r']): number[] {
  return names.map((name, j) => {
    const row = names.map((_, i) => (i === j ? (factors[j] as number) : 0));
    if (name === INTERCEPT && j === 0) {
      for (let i = 1; i < row.length; i++) row[i] = -(factors[i] as number) * (shifts[i] as number);
    }
    return Math.hypot(...solveLower(factor, row));
  });
}

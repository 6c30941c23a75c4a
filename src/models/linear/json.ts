/** A linear model as JSON. */

import { ShardfoldError, showValue } from '../../errors.js';
import type { FStatistic, LinearCoefficient, LinearData } from './data.js';

/** What is computed from the data stands there for those who read it; `fromJSON` computes it again. */
export interface LinearJson extends Omit<LinearData, 'coefficients'> {
  readonly model: 'linear';
  readonly coefficients: readonly LinearCoefficient[];
  readonly adjustedR2: number;
  readonly f: FStatistic | null;
}

interface Computed {
  readonly coefficients: readonly LinearCoefficient[];
  readonly adjustedR2: number;
  readonly f: FStatistic | undefined;
}

export function jsonOf(data: LinearData, { coefficients, adjustedR2, f }: Computed): LinearJson {
  return { model: 'linear', ...data, coefficients, adjustedR2, f: f ?? null };
}

/** @throws INVALID_ARGUMENT for what is no linear model */
export function parsed(json: unknown): LinearData {
  const given = (typeof json === 'object' && json !== null ? json : {}) as Partial<LinearJson>;
  const { model, coefficients, adjustedR2: _adjusted, f: _f, ...data } = given;
  if (model !== 'linear' || !Array.isArray(coefficients) || !Array.isArray(data.terms) || typeof data.n !== 'number') {
    throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(json)} is no linear model`, {
      hint: 'what toJSON() of one gave',
    });
  }
  const numbers = (coefficients as readonly LinearCoefficient[]).map(({ name, estimate, standardError }) => ({
    ...{ name, estimate, standardError },
  }));
  // JSON has no NaN.
  const { residualStandardDeviation = null, r2 = null, unexplained = null } = data;
  return {
    ...(data as LinearData),
    coefficients: numbers,
    residualStandardDeviation: residualStandardDeviation ?? Number.NaN,
    r2: r2 ?? Number.NaN,
    unexplained: unexplained ?? Number.NaN,
  };
}

/** Coefficients in print, as R's printCoefmat() has them. */

import { formatAll, formatProbabilities, textTable } from './print.js';

export interface PrintedCoefficient {
  readonly name: string;
  readonly estimate: number;
  /** Null, as the others, where there is a penalty. */
  readonly standardError: number | null;
  readonly statistic: number | null;
  readonly p: number | null;
}

/** What R calls significance codes. */
const stars = (p: number): string => (p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : p < 0.1 ? '.' : '');

export const STARS = "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1";

/** Estimates and standard errors have decimals in common. @param letter of the statistic: t or z */
export function coefficientTable(coefficients: readonly PrintedCoefficient[], letter: 't' | 'z'): string {
  const names = coefficients.map(({ name }) => name);
  const estimates = coefficients.map(({ estimate }) => estimate);
  const tested = coefficients.filter(isTested);
  if (tested.length < coefficients.length) {
    const texts = formatAll(estimates);
    return textTable(
      ['', 'Estimate'],
      names.map((name, j) => [name, texts[j] as string]),
    );
  }
  const both = formatAll([...estimates, ...tested.map(({ standardError }) => standardError)]);
  const statistics = formatAll(tested.map(({ statistic }) => Number(statistic.toFixed(3))));
  const probabilities = formatProbabilities(tested.map(({ p }) => p));
  const rows = tested.map(({ name, p }, j) => {
    const texts = [both[j], both[names.length + j], statistics[j], probabilities[j]] as string[];
    return [name, ...texts, stars(p).padEnd(3)];
  });
  return textTable(['', 'Estimate', 'Std. Error', `${letter} value`, `Pr(>|${letter}|)`, ''], rows);
}

type Tested = { readonly [Key in keyof PrintedCoefficient]: NonNullable<PrintedCoefficient[Key]> };

const isTested = (coefficient: PrintedCoefficient): coefficient is Tested =>
  coefficient.standardError !== null && coefficient.statistic !== null && coefficient.p !== null;

/** A logistic model in print, as R's summary(glm(…)) has it. */

import { formatAll, formatProbability, STARS, signif, stars, textTable } from '../common/print.js';
import type { LogisticCoefficient, LogisticFit } from './data.js';

interface Computed extends LogisticFit {
  readonly coefficients: readonly LogisticCoefficient[];
  readonly aic: number;
}

export function summary(model: Computed): string {
  const { y, terms, intercept, l2, n, dropped, deviance, nullDeviance, aic, iterations } = model;
  const right = [...(intercept ? [] : ['0']), ...terms.map(({ column }) => column)].join(' + ');
  const rows = `${n} rows${dropped > 0 ? ` (${dropped} with nulls left out)` : ''}, ${y} is 1 in ${model.ones}`;
  const fixed = (value: number, degrees: number): string => `${signif(value, 6)} on ${degrees} degrees of freedom`;
  return [
    `${y} ~ ${right}, logistic${l2 > 0 ? `, l2 = ${l2}` : ''}`,
    rows,
    '',
    'Coefficients:',
    coefficientTable(model.coefficients),
    ...(l2 > 0 ? [] : ['---', STARS]),
    '',
    `    Null deviance: ${fixed(nullDeviance, n - (intercept ? 1 : 0))}`,
    `Residual deviance: ${fixed(deviance, n - model.coefficients.length)}`,
    `AIC: ${signif(aic, 6)}`,
    '',
    `Newton iterations: ${iterations}`,
  ].join('\n');
}

function coefficientTable(coefficients: readonly LogisticCoefficient[]): string {
  const errors = coefficients.flatMap(({ standardError }) => (standardError === null ? [] : [standardError]));
  const all = formatAll([...coefficients.map(({ estimate }) => estimate), ...errors]);
  const rows = coefficients.map(({ name, z, p }, j) => {
    const estimate = all[j] as string;
    if (z === null || p === null) return [name, estimate];
    return [
      name,
      estimate,
      all[coefficients.length + j] as string,
      z.toFixed(3),
      formatProbability(p),
      stars(p).padEnd(3),
    ];
  });
  const titles = ['', 'Estimate', 'Std. Error', 'z value', 'Pr(>|z|)', ''];
  return textTable(errors.length > 0 ? titles : titles.slice(0, 2), rows);
}

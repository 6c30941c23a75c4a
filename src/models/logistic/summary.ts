/** A logistic model in print, as R's summary(glm(…)) has it. */

import { coefficientTable, STARS } from '../common/coefficient-table.js';
import { counted, signif } from '../common/print.js';
import type { LogisticCoefficient, LogisticFit } from './data.js';

interface Computed extends LogisticFit {
  readonly coefficients: readonly LogisticCoefficient[];
  readonly aic: number;
}

export function summary(model: Computed): string {
  const { y, terms, intercept, l2, n, dropped, deviance, nullDeviance, aic, iterations } = model;
  const right = [...(intercept ? [] : ['0']), ...terms.map(({ column }) => column)].join(' + ');
  const rows = `${counted(n)}${dropped > 0 ? ` (${dropped} with nulls left out)` : ''}, ${y} is 1 in ${model.ones}`;
  const fixed = (value: number, degrees: number): string => `${signif(value, 6)} on ${degrees} degrees of freedom`;
  const printed = model.coefficients.map(({ z, ...coefficient }) => ({ ...coefficient, statistic: z }));
  return [
    `${y} ~ ${right}, logistic${l2 > 0 ? `, l2 = ${l2}` : ''}`,
    rows,
    '',
    'Coefficients:',
    coefficientTable(printed, 'z'),
    ...(l2 > 0 ? [] : ['---', STARS]),
    '',
    `    Null deviance: ${fixed(nullDeviance, n - (intercept ? 1 : 0))}`,
    `Residual deviance: ${fixed(deviance, n - model.coefficients.length)}`,
    `AIC: ${signif(aic, 6)}`,
    '',
    `Newton iterations: ${iterations}`,
  ].join('\n');
}

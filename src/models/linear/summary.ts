/** A linear model in print, as R's summary(lm(…)) has it. */

import { coefficientTable, STARS } from '../common/coefficient-table.js';
import { counted, formatProbability } from '../common/print.js';
import type { FStatistic, LinearCoefficient, LinearData } from './data.js';

interface Computed {
  readonly coefficients: readonly LinearCoefficient[];
  readonly degreesOfFreedom: number;
  readonly r2: number;
  readonly adjustedR2: number;
  readonly f: FStatistic | undefined;
  readonly warning: string | undefined;
}

export function summary(data: LinearData, model: Computed): string {
  const { n, dropped, l2, y, terms, intercept, weights } = data;
  const right = [...(intercept ? [] : ['0']), ...terms.map(({ column }) => column)].join(' + ') || '1';
  const how = [weights === undefined ? '' : `, weights ${weights}`, l2 > 0 ? `, l2 = ${l2}` : ''].join('');
  const rows = `${counted(n)}${dropped > 0 ? ` (${dropped} with nulls left out)` : ''}`;
  const printed = model.coefficients.map(({ t, ...coefficient }) => ({ ...coefficient, statistic: t }));
  const lines = [`${y} ~ ${right}${how}`, rows, '', 'Coefficients:', coefficientTable(printed, 't')];
  if (l2 === 0) lines.push('---', STARS);
  lines.push('', ...quality(data, model));
  if (model.warning !== undefined) lines.push(`Warning: ${model.warning}`);
  return lines.join('\n');
}

function quality({ residualStandardDeviation, conditionNumber, digits, n }: LinearData, model: Computed): string[] {
  const { degreesOfFreedom: df, r2, adjustedR2, f, coefficients } = model;
  const lines =
    df > 0
      ? [
          `Residual standard error: ${short(residualStandardDeviation)} on ${df} degrees of freedom`,
          `Multiple R-squared: ${short(r2)}, adjusted R-squared: ${short(adjustedR2)}`,
        ]
      : [
          `Residual standard error: none, ${counted(n)} ${n === 1 ? 'is' : 'are'} no more than the ${coefficients.length} coefficients`,
          `Multiple R-squared: ${short(r2)}`,
        ];
  if (f) lines.push(`F-statistic: ${short(f.value)} on ${f.df1} and ${f.df2} DF, p-value: ${formatProbability(f.p)}`);
  return [...lines, `Condition number: ${short(conditionNumber)}, digits of the coefficients: ${digits}`];
}

const short = (x: number): string => String(Number(x.toPrecision(5)));

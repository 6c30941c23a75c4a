/** A linear model in print, as R's summary(lm(…)) has it. */

import type { FStatistic, LinearCoefficient, LinearData } from './data.js';

interface Computed {
  readonly coefficients: readonly LinearCoefficient[];
  readonly degreesOfFreedom: number;
  readonly r2: number;
  readonly adjustedR2: number;
  readonly f: FStatistic | undefined;
  readonly warning: string | undefined;
}

const HEAD = ['', 'Estimate', 'Std. Error', 't value', 'Pr(>|t|)', ''];
const CODES = "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1";

export function summary(data: LinearData, model: Computed): string {
  const { n, dropped, l2, y, terms, intercept, weights } = data;
  const right = [...(intercept ? [] : ['0']), ...terms.map(({ column }) => column)].join(' + ') || '1';
  const how = [weights === undefined ? '' : `, weights ${weights}`, l2 > 0 ? `, l2 = ${l2}` : ''].join('');
  const rows = `${n} rows${dropped > 0 ? ` (${dropped} with nulls left out)` : ''}`;
  const lines = [`${y} ~ ${right}${how}`, rows, '', 'Coefficients:', ...table(model.coefficients)];
  if (l2 === 0) lines.push('---', CODES);
  lines.push('', ...quality(data, model));
  if (model.warning !== undefined) lines.push(`Warning: ${model.warning}`);
  return lines.join('\n');
}

function table(coefficients: readonly LinearCoefficient[]): string[] {
  const rows = coefficients.map(({ name, estimate, standardError, t, p }) => {
    if (standardError === null || t === null || p === null) return [name, short(estimate)];
    return [name, short(estimate), short(standardError), t.toFixed(3), chance(p), stars(p)];
  });
  const all = [HEAD.slice(0, rows[0]?.length ?? 0), ...rows];
  const widths = HEAD.map((_, k) => Math.max(...all.map((row) => row[k]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, k) => (k === 0 || k === 5 ? cell.padEnd(widths[k] as number) : cell.padStart(widths[k] as number)))
      .join(' ')
      .trimEnd(),
  );
}

function quality({ residualStandardDeviation, conditionNumber, digits }: LinearData, model: Computed): string[] {
  const { degreesOfFreedom, r2, adjustedR2, f } = model;
  const lines = [
    `Residual standard error: ${short(residualStandardDeviation)} on ${degreesOfFreedom} degrees of freedom`,
    `Multiple R-squared: ${short(r2)}, adjusted R-squared: ${short(adjustedR2)}`,
  ];
  if (f) lines.push(`F-statistic: ${short(f.value)} on ${f.df1} and ${f.df2} DF, p-value: ${chance(f.p)}`);
  return [...lines, `Condition number: ${short(conditionNumber)}, digits of the coefficients: ${digits}`];
}

const short = (x: number): string => String(Number(x.toPrecision(5)));
const chance = (p: number): string => (p < 2.2e-16 ? '<2e-16' : String(Number(p.toPrecision(3))));

const stars = (p: number): string => (p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : p < 0.1 ? '.' : '');

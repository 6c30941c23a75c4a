import { wholeNumber } from '../options.js';
import { type FitWay, positive } from './command.js';

interface Flags {
  y: string;
  intercept: boolean;
  l2?: number;
  maxIterations?: number;
}

export const logistic: FitWay<Flags> = {
  name: 'logistic',
  summary: 'fit a logistic regression',
  examples: `  $ shardfold fit logistic visits --y bought --x pages,country
  $ shardfold fit logistic visits --y bought --x pages --l2 1 --save buyers`,
  options: (command) =>
    command
      .requiredOption('--y <column>', 'the column that is explained: a bool, or 0 and 1')
      .option('--no-intercept', 'without a constant term')
      .option('--l2 <number>', 'penalty on squares of coefficients', positive)
      .option('--max-iterations <count>', '25 by default', wholeNumber(1)),
  fit: (sf, rows, { x, y, intercept, l2, maxIterations }, run) =>
    sf.logisticRegression(rows, {
      ...{ ...run, x, y, intercept },
      ...(l2 !== undefined && { l2 }),
      ...(maxIterations !== undefined && { maxIterations }),
    }),
};

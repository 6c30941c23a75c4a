import { Option } from 'commander';
import { type FitWay, positive } from './command.js';

interface Flags {
  y: string;
  intercept: boolean;
  l2?: number;
  weights?: string;
  method?: 'qr' | 'normal';
}

export const linear: FitWay<Flags> = {
  name: 'linear',
  summary: 'fit a linear regression',
  examples: `  $ shardfold fit linear homes --y price --x area,rooms
  $ shardfold fit linear homes --y price --x area,region --where "price > 0" --save prices
  $ shardfold fit linear homes --y price --x area --no-intercept --l2 10 --json | jq .coefficients`,
  options: (command) =>
    command
      .requiredOption('--y <column>', 'the column that is explained')
      .option('--no-intercept', 'without a constant term')
      .option('--l2 <number>', 'penalty on squares of coefficients (ridge)', positive)
      .option('--weights <column>', 'a column of weights, 0 or more')
      .addOption(
        new Option('--method <method>', 'qr, refined until its digits are known, or normal equations').choices([
          'qr',
          'normal',
        ]),
      ),
  fit: (sf, rows, { x, y, intercept, l2, weights, method }, run) =>
    sf.linearRegression(rows, {
      ...{ ...run, x, y, intercept },
      ...(l2 !== undefined && { l2 }),
      ...(weights !== undefined && { weights }),
      ...(method !== undefined && { method }),
    }),
};

import type { Command } from 'commander';
import { registerWay } from './fit/command.js';
import { kmeans } from './fit/kmeans.js';
import { linear } from './fit/linear.js';
import { logistic } from './fit/logistic.js';
import { pca } from './fit/pca.js';

const EXAMPLES = `
Examples:
  $ shardfold fit linear homes --y price --x area,rooms
  $ shardfold fit kmeans trips --x distance,duration --k 4 --json
  $ shardfold fit logistic --help

Exit codes: 0 fitted, 1 failed or wrong usage, 130 interrupted.`;

export function register(program: Command): void {
  const fit = program
    .command('fit')
    .summary('fit a model to the rows of a table, in the shards')
    .description('Fits a model to the rows of a table: the shards pass over them, and only sums travel.')
    .addHelpText('after', EXAMPLES);
  registerWay(fit, linear);
  registerWay(fit, logistic);
  registerWay(fit, kmeans);
  registerWay(fit, pca);
}

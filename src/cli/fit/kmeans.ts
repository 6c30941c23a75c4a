import { wholeNumber } from '../options.js';
import { type FitWay, positive } from './command.js';

interface Flags {
  k: number;
  seed?: number;
  maxIterations?: number;
  tolerance?: number;
}

export const kmeans: FitWay<Flags> = {
  name: 'kmeans',
  summary: 'find clusters by k-means',
  examples: `  $ shardfold fit kmeans trips --x distance,duration --k 4
  $ shardfold fit kmeans trips --x distance,duration --k 4 --seed 7 --json | jq .centers`,
  options: (command) =>
    command
      .requiredOption('--k <count>', 'the number of clusters', wholeNumber(1))
      .option('--seed <number>', 'other first centers for another seed; 1 by default', wholeNumber(0, 2 ** 32 - 1))
      .option('--max-iterations <count>', '300 by default', wholeNumber(1))
      .option(
        '--tolerance <number>',
        "settled where the squares of the centers' moves add up to this part of the columns' mean variance; 1e-4 by default",
        positive,
      ),
  fit: (sf, rows, { x, k, seed, maxIterations, tolerance }, run) =>
    sf.kMeans(rows, {
      ...{ ...run, x, k },
      ...(seed !== undefined && { seed }),
      ...(maxIterations !== undefined && { maxIterations }),
      ...(tolerance !== undefined && { tolerance }),
    }),
};

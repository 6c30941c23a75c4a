import { wholeNumber } from '../options.js';
import type { FitWay } from './command.js';

interface Flags {
  k?: number;
  scale?: boolean;
}

export const pca: FitWay<Flags> = {
  name: 'pca',
  summary: 'find principal components',
  examples: `  $ shardfold fit pca sensors --x a,b,c,d
  $ shardfold fit pca sensors --x a,b,c,d --k 2 --scale --save plane`,
  options: (command) =>
    command
      .option('--k <count>', 'how many components; all by default', wholeNumber(1))
      .option('--scale', 'divide each column by its standard deviation'),
  fit: (sf, rows, { x, k, scale }, run) =>
    sf.pca(rows, { ...run, x, ...(k !== undefined && { k }), ...(scale !== undefined && { scale }) }),
};

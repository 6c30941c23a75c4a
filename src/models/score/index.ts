/** Scores of predictions, computed in the shards: only sums and counts travel. */

import { binary } from './binary.js';
import { classes } from './classes.js';
import { regression } from './regression.js';

export type { BinaryScore, BinaryScoreOptions } from './binary.js';
export type { ClassesScore, ClassLabel, ClassScore } from './classes.js';
export type { ScoreOptions } from './options.js';
export type { RegressionScore } from './regression.js';

/**
 * `score.regression` of numbers, `score.binary` of probabilities of two classes, `score.classes` of classes:
 *
 *     const { rmse, r2 } = await score.regression(model.predict(test), { actual: 'price', predicted: 'prediction' });
 */
export const score = Object.freeze({ regression, binary, classes });

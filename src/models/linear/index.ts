/** Linear regression. */

export type { ConfidenceInterval, FStatistic, LinearCoefficient, LinearData } from './data.js';
export { fitLinear } from './fit.js';
export type { LinearJson } from './json.js';
export { LinearModel } from './model.js';
export type { LinearOptions } from './options.js';

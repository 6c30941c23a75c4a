/** The hand-written kernels. A test sees to it that each has its file in lua/kernels and in test/kernels. */

import { axpy } from './axpy.js';
import { col_moments } from './col_moments.js';
import { diagonal } from './diagonal.js';
import { dot } from './dot.js';
import { lines } from './lines.js';
import { mul } from './mul.js';
import { norm } from './norm.js';
import { scale } from './scale.js';
import { standardize } from './standardize.js';
import { sum } from './sum.js';

export const KERNELS = { axpy, col_moments, diagonal, dot, lines, mul, norm, scale, standardize, sum } as const;

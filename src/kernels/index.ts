/** The hand-written kernels. A test sees to it that each has its file in lua/kernels and in test/kernels. */

import { axpy } from './axpy.js';
import { dot } from './dot.js';
import { norm } from './norm.js';
import { scale } from './scale.js';
import { sum } from './sum.js';

export const KERNELS = { axpy, dot, norm, scale, sum } as const;

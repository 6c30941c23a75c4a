/** The hand-written kernels. A test sees to it that each has its file in lua/kernels and in test/kernels. */

import { axpy } from './axpy.js';
import { combine } from './combine.js';
import { cumsum } from './cumsum.js';
import { distance } from './distance.js';
import { dot } from './dot.js';
import { find } from './find.js';
import { gather } from './gather.js';
import { norm } from './norm.js';
import { running } from './running.js';
import { scale } from './scale.js';
import { sum } from './sum.js';

export const KERNELS = { axpy, combine, cumsum, distance, dot, find, gather, norm, running, scale, sum } as const;

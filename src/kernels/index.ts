/** The hand-written kernels. A test sees to it that each has its file in lua/kernels and in test/kernels. */

import { axpy } from './axpy.js';
import { dot } from './dot.js';
import { gram } from './gram.js';
import { matmul } from './matmul.js';
import { matvec } from './matvec.js';
import { norm } from './norm.js';
import { qr } from './qr.js';
import { scale } from './scale.js';
import { sum } from './sum.js';
import { topk } from './topk.js';
import { vecmat } from './vecmat.js';

export const KERNELS = { axpy, dot, gram, matmul, matvec, norm, qr, scale, sum, topk, vecmat } as const;

/** The hand-written kernels. A test sees to it that each has its file in lua/kernels and in test/kernels. */

import { axpy } from './axpy.js';
import { col_moments } from './col_moments.js';
import { diagonal } from './diagonal.js';
import { dot } from './dot.js';
import { gram } from './gram.js';
import { lines } from './lines.js';
import { matmul } from './matmul.js';
import { matvec } from './matvec.js';
import { mul } from './mul.js';
import { norm } from './norm.js';
import { qr } from './qr.js';
import { scale } from './scale.js';
import { standardize } from './standardize.js';
import { sum } from './sum.js';
import { topk } from './topk.js';
import { vecmat } from './vecmat.js';

export const KERNELS = {
  axpy,
  col_moments,
  diagonal,
  dot,
  gram,
  lines,
  matmul,
  matvec,
  mul,
  norm,
  qr,
  scale,
  standardize,
  sum,
  topk,
  vecmat,
} as const;

/** The hand-written kernels. A test sees to it that each has its file in lua/kernels and in test/kernels. */

import { axpy } from './axpy.js';
import { col_moments } from './col_moments.js';
import { combine } from './combine.js';
import { cumsum } from './cumsum.js';
import { cut } from './cut.js';
import { diagonal } from './diagonal.js';
import { distance } from './distance.js';
import { dot } from './dot.js';
import { find } from './find.js';
import { gather } from './gather.js';
import { gram } from './gram.js';
import { lines } from './lines.js';
import { matmul } from './matmul.js';
import { matvec } from './matvec.js';
import { norm } from './norm.js';
import { project } from './project.js';
import { qr } from './qr.js';
import { running } from './running.js';
import { scale } from './scale.js';
import { standardize } from './standardize.js';
import { sum } from './sum.js';
import { topk } from './topk.js';
import { vecmat } from './vecmat.js';

export const KERNELS = {
  axpy,
  col_moments,
  combine,
  cumsum,
  cut,
  diagonal,
  distance,
  dot,
  find,
  gather,
  gram,
  lines,
  matmul,
  matvec,
  norm,
  project,
  qr,
  running,
  scale,
  standardize,
  sum,
  topk,
  vecmat,
} as const;

import { finishCompensated, mergeCompensated } from './compensated.js';
import type { Kernel } from './kernel.js';
import { decodeLines, encodeStripe, type Stripe } from './stripes.js';

export interface LineParams extends Stripe {
  readonly axis: 'rows' | 'cols';
  /** The norm: 1, 2 or Infinity. */
  readonly p: number;
}

/** Numbers a line: exponent, sum, compensation. */
const EACH = 3;
/** The exponent of what is no sum: the greatest magnitude, or a norm itself. */
const FINISHED = Number.POSITIVE_INFINITY;

/** Norms of the columns or the rows of a run, within a few ulp and with neither overflow nor underflow of squares. */
export const lines = {
  name: 'lines',
  operands: 1,
  encode: (run, operands, params) => encodeStripe(run, operands, params, [params.axis === 'rows' ? 1 : 0, params.p]),
  decode: (reply) => (reply.length % 8 === 0 ? decodeLines(reply, EACH) : finishedLines(reply)),
  merge: (left, right) => {
    const merged = new Float64Array(left.length);
    for (let at = 0; at < merged.length; at += EACH) merged.set(mergeLine(lineOf(left, at), lineOf(right, at)), at);
    return merged;
  },
  finish: (partial, { axis, width, p }) => {
    if (partial === undefined) return new Float64Array(axis === 'rows' ? 0 : width);
    const norms = new Float64Array(partial.length / EACH);
    for (let i = 0; i < norms.length; i++) {
      const [exponent, sum, compensation] = lineOf(partial, i * EACH);
      const total = finishCompensated({ sum, compensation });
      norms[i] = p === 2 && exponent !== FINISHED ? Math.sqrt(total) * 2 ** exponent : total;
    }
    return norms;
  },
} as const satisfies Kernel<LineParams, Float64Array, Float64Array>;

/** Norms of whole rows, which the kernel has finished; a byte more tells them. */
function finishedLines(reply: Buffer): Float64Array {
  const norms = decodeLines(reply.subarray(0, -1), 1);
  const numbers = new Float64Array(norms.length * EACH);
  for (const [i, norm] of norms.entries()) numbers.set([FINISHED, norm, 0], i * EACH);
  return numbers;
}

type Line = readonly [exponent: number, sum: number, compensation: number];

const lineOf = (partial: Float64Array, at: number): Line => [
  partial[at] as number,
  partial[at + 1] as number,
  partial[at + 2] as number,
];

function mergeLine(left: Line, right: Line): Line {
  if (left[0] === FINISHED) return [left[0], Math.max(left[1], right[1]), 0];
  if (right[1] === 0) return left;
  if (left[1] === 0) return right;
  const exponent = Math.max(left[0], right[0]);
  const { sum, compensation } = mergeCompensated(scaled(left, exponent), scaled(right, exponent));
  return [exponent, sum, Number.isFinite(sum) ? compensation : 0];
}

function scaled([exponent, sum, compensation]: Line, to: number): { sum: number; compensation: number } {
  const scale = 4 ** (exponent - to);
  return { sum: sum * scale, compensation: compensation * scale };
}

import type { MatrixShape } from '../storage/matrix-layout.js';
import { formatCount } from './units.js';

/** `matrix [5,000, 64] float64` */
export function matrixText({ shape: [rows, cols], type }: MatrixShape): string {
  return `matrix [${formatCount(rows)}, ${formatCount(cols)}] ${type}`;
}

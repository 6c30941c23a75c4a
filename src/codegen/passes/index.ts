/** All passes by name. */

import { clusters } from './clusters.js';
import { gram } from './gram.js';
import { logistic } from './logistic.js';
import { moments } from './moments.js';
import type { RowPass } from './pass.js';
import { products } from './products.js';
import { qr } from './qr.js';
import { residuals } from './residuals.js';
import { seeding } from './seeding.js';

const PASSES: readonly RowPass[] = [gram, products, qr, residuals, clusters, seeding, logistic, moments];

export function passOf(name: string): RowPass {
  const found = PASSES.find((pass) => pass.name === name);
  if (found === undefined) throw new TypeError(`no pass ${name}`);
  return found;
}

/** What kernels in JavaScript call, by the names that those in Lua call. */
export const PASS_RUNTIME: Readonly<Record<string, unknown>> = Object.fromEntries(
  PASSES.flatMap(({ name, js }) => [
    [`${name}_new`, js.create],
    [`${name}_row`, (state: object, ...values: number[]) => js.row(state, values)],
    [`${name}_flat`, js.flat],
    [`${name}_join`, js.join],
  ]),
);

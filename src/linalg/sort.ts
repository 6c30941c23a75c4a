/** Vectors in order. The values come here: the fastest sort there is is that of a typed array. */

import type { ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { combineReceipts } from '../engine/receipt.js';
import { ShardfoldError, showValue } from '../errors.js';
import { checkReplaceable, openVector } from './open.js';
import { value, writeQuery } from './query.js';
import { contextOf, runOnNewest, type VectorWriteOptions, WRITE_OPTIONS } from './run.js';
import type { Target } from './updates.js';
import { readValues, vectorBatches } from './values.js';
import { writeByClient } from './write-client.js';

export interface VectorSortOptions extends VectorWriteOptions {
  /** The greatest first; by default the least. */
  readonly descending?: boolean;
}

const SORT_OPTIONS = {
  ...WRITE_OPTIONS,
  descending: true,
} as const satisfies Record<keyof VectorSortOptions, true>;

/** 256 MB. More are sorted by the engine, in bounded memory. */
const MOST_HELD = 2 ** 25;

/** @throws INVALID_ARGUMENT where `descending` is no boolean */
export async function sortInto(
  link: ClusterLink,
  { name, into }: Target,
  given: VectorSortOptions,
  mostHeld = MOST_HELD,
): Promise<void> {
  const context = contextOf(link, given, SORT_OPTIONS);
  const { descending = false, ...options } = given;
  if (typeof descending !== 'boolean') {
    throw new ShardfoldError('INVALID_ARGUMENT', `descending is ${showValue(descending)}`, { hint: 'true or false' });
  }
  if ((await openVector(link, name, context)).rows > mostHeld) {
    const by = [{ node: value.node, descending, nullsFirst: false }];
    return writeQuery(link, { name, into }, options, (input) => ({ kind: 'sort', input, by }));
  }
  return runOnNewest(context, options, async () => {
    const started = performance.now();
    const home = await openVector(link, name, context);
    if (into !== name) await checkReplaceable(link, into, context);
    const { result, receipt } = await readValues(link, home, runOptions(options), context);
    sortValues(result, descending);
    const work = { home, into, batches: () => vectorBatches(result) };
    const written = await writeByClient(link, work, options, context);
    // Counted once more, since writing came after it.
    const whole = combineReceipts([receipt], context.tally, performance.now() - started);
    return { result: undefined, receipt: { ...whole, written } };
  });
}

/** As a stable sort in which NaN is the greatest and zeros are equal, as that of queries is. */
export function sortValues(values: Float64Array, descending: boolean): void {
  // A typed array puts -0 before 0; their signs are put back as they came.
  const zeros = values.filter((each) => each === 0);
  values.sort();
  if (descending) values.reverse();
  if (zeros.length > 0) values.set(zeros, values.indexOf(0));
}

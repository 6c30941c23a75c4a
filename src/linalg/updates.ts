/** Vectors made of vectors value by value, where the first of them lies. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { ShardfoldError, showValue } from '../errors.js';
import { coalesce, Expr, lit } from '../expr/expr.js';
import type { Over } from '../expr/infer.js';
import type { Operator } from '../kernels/combine.js';
import type { Extremes } from '../kernels/extremes.js';
import { KERNELS } from '../kernels/index.js';
import type { TableSnapshot } from '../storage/types.js';
import { openPair } from './norms.js';
import { checkReplaceable, openVector } from './open.js';
import { writeQuery } from './query.js';
import { contextOf, runOnNewest, type VectorWriteOptions, WRITE_OPTIONS } from './run.js';
import { Resident, sourceBeside } from './sources.js';
import { type VectorWrite, writeInShards } from './write.js';

/** A vector, and the one that is made of it. */
export interface Target {
  readonly name: string;
  readonly into: string;
}

/** What is to be written, beside the chunks of `home`. */
export interface Prepared<Params, Part extends Extremes> {
  readonly home: TableSnapshot;
  /** As in `TargetOptions`. */
  readonly seed?: number;
  readonly work: VectorWrite<Params, Part>;
}

/** @param prepare opens the operands and checks them, before anything is written */
export function writeVector<Params, Part extends Extremes>(
  link: ClusterLink,
  into: string,
  options: VectorWriteOptions,
  prepare: (context: CallContext) => Promise<Prepared<Params, Part>>,
): Promise<void> {
  return runOnNewest(contextOf(link, options, WRITE_OPTIONS), options, async (context) => {
    const { home, work, seed } = await prepare(context);
    if (into !== home.name) await checkReplaceable(link, into, context);
    const { waitReplicas, graceMs } = options;
    const whole = { ...work, into, seed, waitReplicas, graceMs };
    return { result: undefined, receipt: await writeInShards(link, home, whole, runOptions(options), context) };
  });
}

export async function axpyInto(
  link: ClusterLink,
  { name, into, x, factor }: Target & { readonly x: string; readonly factor: number },
  options: VectorWriteOptions,
): Promise<void> {
  checkFactor(factor);
  return writeVector(link, into, options, async (context) => {
    const [home, other] = await openPair(link, { name, other: x }, context);
    const sources = [new Resident(home), sourceBeside(link, home, other)];
    return { home, work: { kernel: KERNELS.axpy, sources, params: { factor } } };
  });
}

export async function scaleInto(
  link: ClusterLink,
  { name, into, factor }: Target & { readonly factor: number },
  options: VectorWriteOptions,
): Promise<void> {
  checkFactor(factor);
  return writeVector(link, into, options, async (context) => {
    const home = await openVector(link, name, context);
    return { home, work: { kernel: KERNELS.scale, sources: [new Resident(home)], params: { factor } } };
  });
}

/** @param right the name of a vector, or one number for all values */
export async function combineInto(
  link: ClusterLink,
  { name, into, operator, right }: Target & { readonly operator: Operator; readonly right: string | number },
  options: VectorWriteOptions,
): Promise<void> {
  return writeVector(link, into, options, async (context) => {
    if (typeof right === 'number') {
      const home = await openVector(link, name, context);
      const params = { operator, number: right };
      return { home, work: { kernel: KERNELS.combine, sources: [new Resident(home)], params } };
    }
    const [home, other] = await openPair(link, { name, other: right }, context);
    const sources = [new Resident(home), sourceBeside(link, home, other)];
    return { home, work: { kernel: KERNELS.combine, sources, params: { operator } } };
  });
}

/** @throws INVALID_ARGUMENT for what is no expression; UNKNOWN_COLUMN, TYPE_MISMATCH for one that is none over `value` */
export async function mapInto(
  link: ClusterLink,
  { name, into, expression }: Target & { readonly expression: Over<'value'> },
  options: VectorWriteOptions,
): Promise<void> {
  if (!(expression instanceof Expr)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(expression)} is no expression`, {
      hint: "e.g. map(col('value').sqrt())",
    });
  }
  const { node } = coalesce(expression.cast('float64'), lit(Number.NaN));
  const columns = [{ name: 'value', node }];
  return writeQuery(link, { name, into }, options, (input) => ({ kind: 'select', input, columns }));
}

function checkFactor(factor: unknown): void {
  if (typeof factor === 'number') return;
  throw new ShardfoldError('INVALID_ARGUMENT', `the factor is ${showValue(factor)}`, { hint: 'a number' });
}

/** How work on vectors is run: options, deadline, and versions that are collected meanwhile. */

import { countRetry } from '../cluster/context.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { checkOptions } from '../engine/check-options.js';
import type { CollectOptions } from '../engine/options.js';
import { ShardfoldError } from '../errors.js';
import type { VectorReceipt } from './receipt.js';
import type { Reduced } from './reduce.js';

/** How an operation on vectors is run; what is left out is as in `collect`. */
export interface VectorOptions
  extends Pick<CollectOptions, 'maxInFlight' | 'sliceUnits' | 'timeout' | 'signal' | 'onProgress'> {
  /** Called once, before the result is handed back, with what it accounts for and what it cost. */
  readonly onReceipt?: (receipt: VectorReceipt) => void;
}

export interface VectorWriteOptions extends VectorOptions {
  /** How many replicas of every shard must confirm the writes before they are published; by default none. */
  readonly waitReplicas?: number;
  /** Milliseconds that the old version stays for those who read it; by default 5 minutes. */
  readonly graceMs?: number;
}

/** A version that is collected while it is read is read again in its successor, so many times. */
const MAX_VERSIONS = 5;

/** Runs work on the newest versions, again where one of them was collected meanwhile. */
export async function runOnNewest<Result>(
  context: CallContext,
  { onReceipt }: VectorOptions,
  work: (context: CallContext) => Promise<Reduced<Result>>,
): Promise<Result> {
  for (let version = 1; ; version++) {
    try {
      const { result, receipt } = await work(context);
      onReceipt?.(receipt);
      return result;
    } catch (error) {
      const collected = error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED';
      if (!collected || version === MAX_VERSIONS) throw error;
      countRetry(context.tally, 'VERSION_COLLECTED');
    }
  }
}

/** The options of a method, each by its name: of another method's it would take no notice. */
export type OptionNames = Readonly<Record<string, true>>;

/** Of methods that read. The compiler sees to it that none is missing, here and wherever a method has some of its own. */
export const RUN_OPTIONS = {
  ...{ maxInFlight: true, sliceUnits: true },
  ...{ timeout: true, signal: true, onProgress: true, onReceipt: true },
} as const satisfies Record<keyof VectorOptions, true>;

/** Of methods that write what they compute. */
export const WRITE_OPTIONS = {
  ...RUN_OPTIONS,
  ...{ waitReplicas: true, graceMs: true },
} as const satisfies Record<keyof VectorWriteOptions, true>;

/** @param names of all options that the method has @throws INVALID_ARGUMENT for options that are none, or wrong */
export function contextOf(
  link: ClusterLink,
  options: Pick<VectorOptions, 'timeout' | 'signal'>,
  names: OptionNames = RUN_OPTIONS,
): CallContext {
  checkOptions(options, Object.keys(names));
  const { timeout, signal } = options;
  return link.context({ ...(timeout !== undefined && { timeoutMs: timeout }), ...(signal && { signal }) });
}

/** Keys that an app names one by one, and how work on them is run. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { checkOptions } from '../../engine/check-options.js';
import { type ShortcutReceipt, ShortcutReceiptBuilder } from '../../engine/keys/shortcut-receipt.js';
import { ShardfoldError, showValue } from '../../errors.js';

export interface ShortcutOptions {
  /** Milliseconds without progress after which the work fails; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Called once, before the result is handed back, with what it accounts for and what it cost. */
  readonly onReceipt?: (receipt: ShortcutReceipt) => void;
}

const OPTIONS = ['timeout', 'signal', 'onReceipt'];

export interface ShortcutWork {
  readonly link: ClusterLink;
  readonly context: CallContext;
  readonly receipt: ShortcutReceiptBuilder;
}

/** The names as bytes, each once. @throws INVALID_ARGUMENT for an empty list, or what is no name */
export function namedKeys(keys: unknown, example: string): Buffer[] {
  const invalid = (what: string) =>
    new ShardfoldError('INVALID_ARGUMENT', what, { hint: `names of keys, e.g. ${example}` });
  if (!Array.isArray(keys)) throw invalid(`the keys are ${showValue(keys)}`);
  if (keys.length === 0) throw invalid('there are no keys');
  const found = new Map<string, Buffer>();
  for (const key of keys as readonly unknown[]) {
    if (typeof key !== 'string' && !Buffer.isBuffer(key)) throw invalid(`a key is ${showValue(key)}`);
    const bytes = Buffer.from(key as string);
    found.set(bytes.toString('latin1'), bytes);
  }
  return [...found.values()];
}

/** @param names of options beside those of all shortcuts @throws INVALID_ARGUMENT */
export const checkShortcut = (options: unknown, names: readonly string[]): void =>
  checkOptions(options, [...OPTIONS, ...names]);

/** @param options that were checked */
export async function runShortcut<Result>(
  link: ClusterLink,
  options: ShortcutOptions,
  run: (work: ShortcutWork) => Promise<Result>,
): Promise<Result> {
  const { timeout, signal, onReceipt } = options;
  const context = link.context({ ...(timeout !== undefined && { timeoutMs: timeout }), ...(signal && { signal }) });
  const receipt = new ShortcutReceiptBuilder();
  const result = await run({ link, context, receipt });
  onReceipt?.(receipt.finish(context.tally));
  return result;
}

/** The deadline of a walk over keys. */

import { abortedError, timeoutError } from '../../cluster/context.js';
import type { CallContext } from '../../cluster/types.js';

/**
 * As the context given, but with a deadline of its own, which `progress()` alone moves and not every reply: a slot that does not settle
 * is asked for again and again, and answered for every time.
 */
export function walkContext(outer: CallContext): { readonly context: CallContext; progress(): void } {
  const { timeoutMs, signal } = outer;
  let last = performance.now();
  const context: CallContext = {
    ...outer,
    remaining: () => Math.max(0, last + timeoutMs - performance.now()),
    progress: () => undefined,
    check: () => {
      if (signal?.aborted) throw abortedError(signal);
      if (last + timeoutMs <= performance.now()) throw timeoutError(timeoutMs, 'the next slot');
    },
  };
  const progress = (): void => {
    last = performance.now();
    outer.progress();
  };
  return { context, progress };
}

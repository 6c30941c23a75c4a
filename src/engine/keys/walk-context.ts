/** The deadline of a walk over keys. */

import { abortedError, timeoutError } from '../../cluster/context.js';
import type { CallContext } from '../../cluster/types.js';

export interface WalkContext {
  readonly context: CallContext;
  /** Something was finished. */
  progress(): void;
  /** Waits for somebody else: no deadline runs meanwhile. */
  without(others: Promise<void>): Promise<void>;
}

/**
 * As the context given, but with a deadline of its own, which `progress()` alone moves and not every reply: a slot that does not settle
 * is asked for again and again, and answered for every time.
 */
export function walkContext(outer: CallContext): WalkContext {
  const { timeoutMs, signal } = outer;
  let last = performance.now();
  let held = 0;
  const remaining = (): number => (held > 0 ? timeoutMs : Math.max(0, last + timeoutMs - performance.now()));
  const progress = (): void => {
    last = performance.now();
    outer.progress();
  };
  const context: CallContext = {
    ...outer,
    remaining,
    progress: () => undefined,
    check: () => {
      if (signal?.aborted) throw abortedError(signal);
      if (remaining() === 0) throw timeoutError(timeoutMs, 'the next slot');
    },
  };
  const without = async (others: Promise<void>): Promise<void> => {
    held += 1;
    try {
      await others;
    } finally {
      held -= 1;
      progress();
    }
  };
  return { context, progress, without };
}

/**
 * One deadline for a piece of work, and the calls that wait under it.
 *
 * A query has hundreds of calls; a timer and an abort listener for each would cost more than the call. So each context
 * has one of both, alive only while something waits, and they reject whatever waits at that moment.
 */
import { ShardfoldError, showValue } from '../errors.js';
import type { CallContext, Tally } from './types.js';

export interface ContextOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface Waiter {
  readonly what: () => string;
  readonly reject: (error: ShardfoldError) => void;
}

/** The longest delay that a Node timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function newTally(): Tally {
  return { calls: 0, retries: {}, bytesSent: 0, bytesReceived: 0 };
}

export function countRetry(tally: Tally, cause: string): void {
  tally.retries[cause] = (tally.retries[cause] ?? 0) + 1;
}

/** `timeoutMs` runs from the last progress. Every reply that a call gets under the context counts as progress. */
export function createContext(options: ContextOptions, defaultTimeoutMs: number): CallContext {
  const timeoutMs = checkTimeout(options.timeoutMs ?? defaultTimeoutMs);
  const { signal } = options;
  let last = performance.now();
  const context: CallContext = {
    timeoutMs,
    remaining: () => Math.max(0, last + timeoutMs - performance.now()),
    progress: () => {
      last = performance.now();
    },
    check: () => {
      if (signal?.aborted) throw abortedError(signal);
      if (last + timeoutMs <= performance.now()) throw timeoutError(timeoutMs, 'the next step');
    },
    tally: newTally(),
    ...(signal && { signal }),
  };
  return context;
}

export function checkTimeout(timeoutMs: number): number {
  if (typeof timeoutMs === 'number' && timeoutMs > 0) return timeoutMs;
  throw new ShardfoldError('INVALID_ARGUMENT', `timeout is ${showValue(timeoutMs)}`, {
    hint: 'milliseconds, e.g. 3000',
  });
}

export function abortedError(signal: AbortSignal, what?: string): ShardfoldError {
  const message = what ? `aborted while waiting for ${what}` : 'aborted';
  return new ShardfoldError('ABORTED', message, { cause: signal.reason });
}

export function timeoutError(timeoutMs: number, what: string): ShardfoldError {
  return new ShardfoldError('TIMEOUT', `no progress for ${timeoutMs} ms while waiting for ${what}`, {
    hint: 'raise the timeout (--timeout, or the option timeout) if the servers are only busy',
  });
}

interface Listeners {
  readonly all: Set<() => void>;
  readonly listener: () => void;
}

const listeners = new WeakMap<AbortSignal, Listeners>();

/** One listener a signal, however many contexts share it: Node warns of a leak where there are more than ten. */
function listen(signal: AbortSignal, onAbort: () => void): void {
  let entry = listeners.get(signal);
  if (!entry) {
    const all = new Set<() => void>();
    const listener = () => {
      for (const one of [...all]) one();
    };
    entry = { all, listener };
    listeners.set(signal, entry);
  }
  if (entry.all.size === 0) signal.addEventListener('abort', entry.listener);
  entry.all.add(onAbort);
}

function unlisten(signal: AbortSignal, onAbort: () => void): void {
  const entry = listeners.get(signal);
  if (entry?.all.delete(onAbort) && entry.all.size === 0) signal.removeEventListener('abort', entry.listener);
}

class WaitingRoom {
  readonly #waiters = new Set<Waiter>();
  readonly #context: CallContext;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: CallContext) {
    this.#context = context;
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    if (this.#waiters.size > 1) return;
    if (this.#context.signal) listen(this.#context.signal, this.#onAbort);
    this.#arm();
  }

  delete(waiter: Waiter): void {
    if (this.#waiters.delete(waiter) && this.#waiters.size === 0) this.#close();
  }

  #arm(): void {
    const delay = Math.min(LONGEST_TIMER_MS, Math.ceil(this.#context.remaining()));
    this.#timer = setTimeout(this.#onTimer, delay);
  }

  #close(): void {
    clearTimeout(this.#timer);
    if (this.#context.signal) unlisten(this.#context.signal, this.#onAbort);
  }

  readonly #onAbort = (): void => {
    const signal = this.#context.signal as AbortSignal;
    this.#rejectAll((waiter) => abortedError(signal, waiter.what()));
  };

  readonly #onTimer = (): void => {
    if (this.#context.remaining() > 0) this.#arm();
    else this.#rejectAll((waiter) => timeoutError(this.#context.timeoutMs, waiter.what()));
  };

  #rejectAll(error: (waiter: Waiter) => ShardfoldError): void {
    const all = [...this.#waiters];
    this.#waiters.clear();
    this.#close();
    for (const waiter of all) waiter.reject(error(waiter));
  }
}

const rooms = new WeakMap<CallContext, WaitingRoom>();

/** The promise, unless the context's signal fires (ABORTED) or its deadline passes (TIMEOUT naming `what`) before it settles. */
export function waitUnder<T>(context: CallContext, promise: Promise<T>, what: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    if (context.signal?.aborted) {
      promise.catch(() => undefined); // its outcome no longer matters to anybody
      reject(abortedError(context.signal, what()));
      return;
    }
    let room = rooms.get(context);
    if (!room) {
      room = new WaitingRoom(context);
      rooms.set(context, room);
    }
    const waiting = room;
    const waiter: Waiter = { what, reject };
    waiting.add(waiter);
    promise.then(
      (value) => {
        waiting.delete(waiter);
        resolve(value);
      },
      (error) => {
        waiting.delete(waiter);
        reject(error);
      },
    );
  });
}

/** Waits, but not beyond the deadline, and not after an abort. */
export async function sleepUnder(context: CallContext, ms: number, what: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await waitUnder(context, slept, what);
  } finally {
    clearTimeout(timer);
  }
}

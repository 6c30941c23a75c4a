/** Keeps every node at work, a few calls at a time, while slots move from node to node and nodes come and go. */

import { abortedError } from '../../cluster/context.js';
import { SILENCE_MS } from '../../cluster/refresh.js';
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { stoppable } from '../schedule.js';
import type { Trouble } from './ask.js';
import { KeyPace } from './pace.js';
import { pauseAfter } from './pauses.js';

/** One call, and what follows from it. */
export interface Job {
  run(node: NodeAtWork, context: CallContext): Promise<JobEnd>;
}

/** Microseconds in the server, 0 where they are not known; or why the node gave no answer. */
export type JobEnd = number | Trouble;

/** A node as the work sees it. */
export interface NodeAtWork {
  readonly info: NodeInfo;
  readonly pace: KeyPace;
  /** Why the last call to it failed; undefined after one that did not. */
  readonly trouble: Trouble | undefined;
  /** Calls that run, the oldest first. */
  readonly calls: ReadonlySet<{ readonly startedMs: number }>;
}

export interface Work {
  readonly done: boolean;
  /** What a node is to do next; undefined where there is nothing for it now. @param inFlight how many jobs it is to have at once */
  next(node: NodeAtWork, now: number, inFlight: number): Job | undefined;
  /** Nothing was finished for the whole timeout: throws, or the work is done without the rest. */
  expired(nodes: ReadonlyMap<string, NodeAtWork>): Promise<void>;
}

/** How often is looked whether something that waited, or moved, may be done. */
const LOOK_EVERY_MS = 10;

interface Busy extends NodeAtWork {
  info: NodeInfo;
  trouble: Trouble | undefined;
  calls: Set<{ readonly startedMs: number }>;
  failures: number;
  pausedUntil: number;
}

export interface Dispatched {
  readonly link: ClusterLink;
  /** Its deadline is moved by what is finished, not by every reply: a slot that does not settle is answered for, again and again. */
  readonly context: CallContext;
  readonly maxInFlight: number;
}

/** Runs the work to its end. The first failure stops dispatch, and ends what waits at once. */
export async function dispatch(dispatched: Dispatched, work: Work): Promise<void> {
  const dispatcher = new Dispatcher(dispatched, work);
  const ticks = setInterval(dispatcher.wake, LOOK_EVERY_MS);
  const { signal } = dispatched.context;
  signal?.addEventListener('abort', dispatcher.wake);
  try {
    await dispatcher.run();
  } finally {
    clearInterval(ticks);
    signal?.removeEventListener('abort', dispatcher.wake);
  }
}

class Dispatcher {
  readonly #link: ClusterLink;
  readonly #maxInFlight: number;
  readonly #context: CallContext;
  readonly #stop: () => void;
  readonly #work: Work;
  readonly #nodes = new Map<string, Busy>();
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #over = false;
  #wake: () => void = () => undefined;

  constructor({ link, context, maxInFlight }: Dispatched, work: Work) {
    this.#link = link;
    this.#maxInFlight = maxInFlight;
    this.#work = work;
    const { context: inner, stop } = stoppable(context);
    this.#context = inner;
    this.#stop = stop;
  }

  readonly wake = (): void => this.#wake();

  async run(): Promise<void> {
    try {
      while (this.#failure === undefined && !this.#work.done) {
        await this.#look();
      }
    } catch (error) {
      this.#fail(error);
    }
    // What still runs is not needed any more.
    this.#over = true;
    this.#stop();
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #look(): Promise<void> {
    const { signal } = this.#context;
    if (signal?.aborted) throw abortedError(signal);
    if (this.#context.remaining() === 0) {
      await this.#work.expired(this.#nodes);
      return;
    }
    for (const info of this.#link.nodes()) {
      if (info.role !== 'primary' || info.slots.length === 0) continue;
      let node = this.#nodes.get(info.id);
      if (node === undefined) {
        node = { info, pace: new KeyPace(), trouble: undefined, calls: new Set(), failures: 0, pausedUntil: 0 };
        this.#nodes.set(info.id, node);
      }
      node.info = info;
      this.#fill(node);
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #fill(node: Busy): void {
    const now = performance.now();
    const most = node.pace.trips.inFlight(this.#maxInFlight);
    while (node.pausedUntil <= now && node.calls.size < most) {
      const job = this.#work.next(node, now, most);
      if (job === undefined) return;
      const step = this.#step(node, job, node.calls.size === 0).finally(() => {
        this.#running.delete(step);
        this.#wake();
      });
      this.#running.add(step);
    }
  }

  async #step(node: Busy, job: Job, alone: boolean): Promise<void> {
    const call = { startedMs: performance.now() };
    node.calls.add(call);
    try {
      const end = await job.run(node, this.#context);
      if (typeof end === 'number') {
        if (alone && end > 0) node.pace.trips.noted(((performance.now() - call.startedMs) * 1000 - end) / end);
        node.trouble = undefined;
        node.failures = 0;
      } else {
        this.#troubled(node, end);
      }
    } catch (error) {
      const late = error instanceof ShardfoldError && error.code === 'TIMEOUT';
      // Whether that is an error is for the work to say.
      if (!late || this.#context.remaining() > 0) this.#fail(error);
      else if (isSlow(call, this.#context)) this.#troubled(node, { cause: 'TIMEOUT', error });
    } finally {
      node.calls.delete(call);
    }
  }

  #troubled(node: Busy, trouble: Trouble): void {
    node.trouble = trouble;
    node.pausedUntil = performance.now() + pauseAfter(node.failures++);
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#failure ??= { error };
    this.#stop();
  }
}

/** Whether a call runs for so long that it is the matter where nothing is finished; others were only caught by the end of the time. */
export const isSlow = ({ startedMs }: { readonly startedMs: number }, { timeoutMs }: CallContext): boolean =>
  performance.now() - startedMs >= Math.min(SILENCE_MS, timeoutMs / 2);

/** The lease of a staging record: renewed by a timer while its writer lives, and at each step further into the table. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { type Extent, renew, type TableRef } from './staging.js';

/** Chunks that are declared in one step beyond the one that is needed. */
export const RESERVED_AHEAD = 64;

export class Lease {
  readonly #table: TableRef;
  readonly #writeId: string;
  readonly #leaseMs: number;
  #extent: Extent;
  /** The end of what the servers' record names for certain. */
  #declared: number;
  #timer: NodeJS.Timeout | undefined;
  /** Renewals run one after the other: an older one that arrived last would take a reservation back. */
  #renewals: Promise<void> = Promise.resolve();
  #lost: ShardfoldError | undefined;

  constructor(table: TableRef, options: { writeId: string; leaseMs: number; extent: Extent }) {
    this.#table = table;
    this.#writeId = options.writeId;
    this.#leaseMs = options.leaseMs;
    this.#extent = options.extent;
    this.#declared = options.extent.upTo;
    this.#timer = setInterval(() => this.#tick(), options.leaseMs / 3).unref();
  }

  /** Declares chunks up to `end` (exclusive). @throws STAGING_EXPIRED */
  async reserve(end: number, context: CallContext): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (end <= this.#declared) return;
    if (end > this.#extent.upTo) this.#extent = { ...this.#extent, upTo: end + RESERVED_AHEAD };
    // Also where another call has just asked for as much: until that is answered, nothing is declared.
    await this.#renew(context);
  }

  /** Renews the lease now. @throws STAGING_EXPIRED where a collector has taken this write for dead */
  async confirm(context: CallContext): Promise<void> {
    if (this.#lost) throw this.#lost;
    await this.#renew(context);
  }

  /** Stops renewing; the record itself stays until it is published, given up or collected. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#renewals;
  }

  #renew(context: CallContext): Promise<void> {
    const { promise, settled } = chain(this.#renewals, async () => {
      const extent = this.#extent;
      await renew(this.#table, { writeId: this.#writeId, leaseMs: this.#leaseMs, extent }, context);
      this.#declared = Math.max(this.#declared, extent.upTo);
    });
    this.#renewals = settled;
    return promise;
  }

  #tick(): void {
    const link: ClusterLink = this.#table.link;
    this.#renew(link.context({ timeoutMs: this.#leaseMs })).catch((error: unknown) => {
      // Servers out of reach may come back before the lease ends, and the next step says so if they do not.
      if (error instanceof ShardfoldError && error.code === 'STAGING_EXPIRED') this.#lost = error;
    });
  }
}

/** Runs a step after another has ended, however it ended. */
function chain(before: Promise<void>, step: () => Promise<void>): { promise: Promise<void>; settled: Promise<void> } {
  const promise = before.then(step);
  const settled = promise.then(
    () => undefined,
    () => undefined,
  );
  return { promise, settled };
}

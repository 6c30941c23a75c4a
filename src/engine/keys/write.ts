/**
 * Writes over keys, slot by slot in the shards. Each call reads, judges and writes keys in one atomic step; a slot is done when a reply says
 * so. A call whose reply was lost is made again, and a job that stopped goes on with whole slots, so that each key may be met twice.
 * That is harmless, for twice is once:
 *
 * - UNLINK: a key that is gone is not met again.
 * - PEXPIREAT: to a time that was fixed when the job began, and that the token keeps.
 * - HSET and HDEL of values that come from fields which the update does not write: they come to the same again, whether or not the
 *   filter still holds.
 * - HSET and HDEL of others are done with a marker in the same step, and a marked key is left alone.
 *
 * What replicates are the commands that took effect, and a replica that takes over holds a beginning of them: what it lacks is lost, as
 * any write that was not waited for. The job does not see that.
 */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { keyOfError } from '../../codegen/keys/write-errors-lua.js';
import { WriteKernel } from '../../codegen/keys/write-kernel.js';
import { ShardfoldError } from '../../errors.js';
import { keysSnapshot } from '../../plan/keys/snapshot.js';
import type { KeyWrite } from '../../plan/keys/write-spec.js';
import { runOptions } from '../options.js';
import type { Receipt } from '../receipt.js';
import { KernelTooLarge, mayUse } from '../shard-side.js';
import { slotsToRead } from './pattern-slots.js';
import { printableKey } from './printable.js';
import type { SlotRange } from './receipt.js';
import { digestOf, type Resumed, readToken, SlotSet, writeToken } from './resume-token.js';
import { walkKeys } from './walk.js';
import { WriteCounts } from './write-reply.js';
import type { KeySample, KeysWritten, WriteOptions } from './write-types.js';

export interface WriteWork {
  readonly link: ClusterLink;
  readonly context: CallContext;
  readonly options: WriteOptions;
  /** What `now()` means in the statement that the write was made of, in milliseconds since 1970. */
  readonly statedAt?: number;
}

/** @throws INVALID_ARGUMENT, PLAN_TOO_LARGE before anything is written; later whatever stops the job, with `resume` */
export async function writeKeys(work: WriteWork, write: KeyWrite): Promise<KeysWritten> {
  return new WriteJob(work, write).run();
}

class WriteJob {
  readonly #work: WriteWork;
  readonly #write: KeyWrite;
  readonly #digest: Buffer;
  readonly #counts: WriteCounts;
  readonly #dryRun: boolean;
  readonly #slots: readonly SlotRange[];

  constructor(work: WriteWork, write: KeyWrite) {
    this.#work = work;
    this.#write = write;
    this.#digest = digestOf(write);
    this.#counts = new WriteCounts(write.action);
    this.#dryRun = work.options.dryRun ?? false;
    this.#slots = work.link.isCluster ? slotsToRead(write.source, write.filter) : [];
  }

  async run(): Promise<KeysWritten> {
    const { options, statedAt = 0 } = this.#work;
    const { resume } = options;
    const resumed =
      resume === undefined
        ? { startedAt: await this.#now(), statedAt, done: new SlotSet() }
        : readToken(resume, this.#digest);
    const kernel = this.#kernel(resumed.startedAt);
    try {
      return this.#result(await this.#pass(kernel, resumed));
    } catch (error) {
      throw this.#dryRun ? this.#named(error) : this.#stopped(this.#named(error), resumed);
    }
  }

  /** By a server's clock, for servers decide when a key expires. What does not depend on the time does not ask for it. */
  async #now(): Promise<number> {
    const { link, context } = this.#work;
    if (this.#write.action.do !== 'expire') return 0;
    const [first] = link.nodes().filter(({ role, slots, down }) => role === 'primary' && !down && slots.length > 0);
    if (first === undefined) return Date.now();
    const [seconds, microseconds] = (await link.callNode(first.id, ['TIME'], context, true)) as readonly Buffer[];
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  }

  #kernel(startedAt: number): WriteKernel {
    const { action } = this.#write;
    const at = action.do === 'expire' ? startedAt + Math.round(action.seconds * 1000) : 0;
    const kernel = new WriteKernel(this.#write, { apply: !this.#dryRun, at });
    if (mayUse(kernel)) return kernel;
    throw new ShardfoldError('PLAN_TOO_LARGE', 'this process has made 256 different scripts already', {
      hint: 'servers keep each for ever: write from another process, or with values in lit(…) alone changed',
    });
  }

  #pass(kernel: WriteKernel, { done }: Resumed): Promise<Receipt> {
    const { link, context, options } = this.#work;
    const { maxInFlight } = options;
    const left = done.without(this.#slots);
    const total = countOf(this.#slots);
    let slotsDone = total - countOf(left);
    const say = (): void => {
      const { found: matched, written } = this.#counts.counts;
      try {
        options.onProgress?.({ slotsDone, slotsTotal: total, matched, written });
      } catch (cause) {
        // The app's own error would not say how the job goes on.
        const said = cause instanceof Error ? cause.message : String(cause);
        throw new ShardfoldError('ABORTED', `onProgress failed: ${said}`, { hint: 'mend what it does', cause });
      }
    };
    return walkKeys({
      link,
      context,
      snapshot: keysSnapshot(this.#write.source),
      options: runOptions({ ...(maxInFlight !== undefined && { maxInFlight }) }),
      slots: left,
      script: () => {
        kernel.wanted = this.#dryRun ? this.#counts.wanted : 0;
        return kernel;
      },
      take: (bytes) => {
        this.#counts.take(bytes);
        say();
      },
      finished: ([from, to]) => {
        for (let slot = from; slot <= to; slot++) done.add(slot);
        slotsDone += to - from + 1;
        say();
      },
    });
  }

  #result(receipt: Receipt): KeysWritten {
    const { found, written, already, unread, unchanged, last_fields, of_tables } = this.#counts.counts;
    const otherType = receipt.keys?.[0]?.keys.otherType ?? 0;
    return {
      dryRun: this.#dryRun,
      matched: found,
      written,
      skipped: { already, unparsable: unread, unchanged, lastField: last_fields, ofTables: of_tables, otherType },
      shards: this.#counts.shards,
      ...(this.#dryRun && { sample: [...this.#counts.samples].sort(byKey) }),
      receipt,
    };
  }

  /** What an expression raised, with the key for which it did. */
  #named(error: unknown): unknown {
    if (error instanceof KernelTooLarge) {
      return new ShardfoldError('PLAN_TOO_LARGE', 'the filter and the assignments are more than a script can hold', {
        hint: 'update in several steps, each with an updateId of its own where it reads what it writes',
        cause: error,
      });
    }
    const at = error instanceof ShardfoldError ? keyOfError(textsOf(error)) : undefined;
    if (!(error instanceof ShardfoldError) || at === undefined) return error;
    const where = at.slot === undefined ? '' : ` (slot ${at.slot})`;
    const message = `${error.message}, for key ${printableKey(at.key)}${where}`;
    return changed(error, message, at.slot === undefined ? {} : { slot: at.slot });
  }

  #stopped(error: unknown, resumed: Resumed): unknown {
    if (!(error instanceof ShardfoldError)) return error;
    const { written } = this.#counts.counts;
    const keys = `${written.toLocaleString('en')} key${written === 1 ? '' : 's'}`;
    const hint = `${error.hint === undefined ? '' : `${error.hint}; `}--resume, or the option resume, with what error.resume holds, goes on`;
    return changed(error, `${error.message}; at least ${keys} were written before, and stay so`, {
      hint,
      resume: writeToken(this.#digest, resumed),
    });
  }
}

const byKey = (a: KeySample, b: KeySample): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

const countOf = (ranges: readonly SlotRange[]): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

function changed(
  error: ShardfoldError,
  message: string,
  details: { readonly hint?: string; readonly slot?: number; readonly resume?: string },
): ShardfoldError {
  const { hint, shard, slot, kernel, code } = error;
  return new ShardfoldError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(shard !== undefined && { shard }),
    ...(slot !== undefined && { slot }),
    ...(kernel !== undefined && { kernel }),
    ...details,
    cause: error,
  });
}

/** An error's own text, and those of what caused it. */
function textsOf(error: Error): string {
  const texts: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) texts.push(at.message);
  return texts.join('\n');
}

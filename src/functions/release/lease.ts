/**
 * The lease of one deploy, held while it works. It is a courtesy: what must be exact (which release is current, which code
 * the stable names have) is checked against the record again before each step that others see, and undone where it failed.
 */
import { randomBytes } from 'node:crypto';
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type Content, releaseOf } from './content.js';
import {
  type Claim,
  commitRelease,
  leaveLease,
  type Overtaken,
  type Recorded,
  renewLease,
  takeLease,
} from './record-write.js';
import { stepContext } from './shards.js';
import type { Lease, Release } from './types.js';

/** A deploy whose process died keeps others away for so long. */
export const LEASE_MS = 30_000;
const LOOK_AGAIN_MS = 100;

export interface LeaseOptions {
  readonly who: string;
  readonly leaseMs?: number;
  /** For work under several leases, whose last step checks them all at once: the same for each. By default one of its own. */
  readonly token?: string;
}

export const newToken = (): string => randomBytes(12).toString('hex');

export class DeployLease {
  /** The lease of a deploy that ended without giving it back. */
  readonly died: Lease | null;
  #base: number;
  readonly #claim: Claim;
  readonly #context: CallContext;
  readonly #timer: NodeJS.Timeout;

  private constructor(claim: Claim, taken: { head: number; died: Lease | null }, context: CallContext) {
    this.#base = taken.head;
    this.died = taken.died;
    this.#claim = claim;
    this.#context = context;
    this.#timer = setInterval(() => this.#tick(), claim.leaseMs / 3).unref();
  }

  /** @throws DEPLOY_IN_PROGRESS naming who deploys, and since when */
  static async take(link: ClusterLink, project: string, options: LeaseOptions, context: CallContext) {
    const { who, leaseMs = LEASE_MS, token = newToken() } = options;
    const claim = { link, project, who, leaseMs, token };
    const taken = await takeLease(claim, context).catch(async (error: unknown) => {
      await giveBack(claim, context);
      throw untouched(error, project);
    });
    if (taken.taken) return new DeployLease(claim, taken, context);
    const rest = Math.ceil(taken.remainingMs / 1000);
    throw inProgress(`${holderText(taken.holder)} deploys ${project}`, `(if it died, in ${rest} s)`);
  }

  /** The number of the release that this deploy starts from, 0 where there is none. */
  get base(): number {
    return this.#base;
  }

  /** Renews the lease. @throws DEPLOY_IN_PROGRESS or DEPLOY_FAILED where another deploy came in between */
  async confirm(): Promise<void> {
    const { link } = this.#claim;
    const overtaken = await renewLease(this.#claim, this.#base, stepContext(link, this.#context));
    if (overtaken) throw this.#overtaken(overtaken);
  }

  /** For a deploy that failed: whether it is alone still; `unknown` where the record cannot be reached. */
  async state(): Promise<'held' | 'overtaken' | 'unknown'> {
    try {
      return (await renewLease(this.#claim, this.#base, this.#patience())) ? 'overtaken' : 'held';
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      return 'unknown';
    }
  }

  /**
   * Makes the release the current one; an abort comes too late for that. @throws DEPLOY_IN_PROGRESS or DEPLOY_FAILED where it
   * was overtaken or not recorded, TIMEOUT and the like where nobody knows
   */
  async commit(content: Content, about: Pick<Release, 'who' | 'message' | 'rollbackOf'>): Promise<Release> {
    const release = { ...releaseOf(content), ...about };
    const code = content.alias ? [...content.libraries, content.alias] : content.libraries;
    const commit = { base: this.#base, release, code };
    const made = await commitRelease(this.#claim, commit, this.#patience()).catch((error) => this.#findOut(error));
    if ('head' in made) throw this.#overtaken(made);
    return { ...release, ...made };
  }

  /** Its answer was lost: the record tells what became of it, and that nothing will become of it any more. */
  async #findOut(error: unknown): Promise<Recorded> {
    if (!isUncertain(error)) throw error;
    let recorded: Recorded | undefined;
    try {
      recorded = await leaveLease(this.#claim, this.#base, this.#patience());
    } catch {
      // Of the two errors it is the first that tells what happened.
      throw error;
    }
    if (recorded) return recorded;
    const { message, hint } = error;
    throw new ShardfoldError('DEPLOY_FAILED', `the release was not recorded: ${message}`, {
      ...(hint !== undefined && { hint }),
      cause: error,
    });
  }

  /** Gives the lease back. Where the record cannot be reached it runs out by itself. */
  async leave(): Promise<void> {
    this.stop();
    await leaveLease(this.#claim, this.#base, this.#patience()).catch((error: unknown) => {
      if (!(error instanceof ShardfoldError)) throw error;
    });
  }

  /**
   * For a deploy that was overtaken and has something to mend: takes the lease again as soon as it is free, from the release
   * that is current then. @throws DEPLOY_IN_PROGRESS where it was not free in time
   */
  async regain(): Promise<void> {
    const { timeoutMs } = this.#context;
    const end = performance.now() + timeoutMs;
    for (;;) {
      const taken = await takeLease(this.#claim, this.#patience());
      if (taken.taken) {
        this.#base = taken.head;
        return;
      }
      if (performance.now() > end) throw inProgress(`${holderText(taken.holder)} deploys`, '');
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A deadline that has not begun to pass, and that no abort ends: for what must not be left half done. */
  #patience(): CallContext {
    return this.#claim.link.context({ timeoutMs: this.#context.timeoutMs });
  }

  #tick(): void {
    const { link, leaseMs } = this.#claim;
    // What goes wrong here shows at the next `confirm`. Not ended by an abort: undoing takes time, too.
    renewLease(this.#claim, this.#base, link.context({ timeoutMs: leaseMs })).catch(() => undefined);
  }

  #overtaken({ head, holder }: Overtaken): ShardfoldError {
    const { project } = this.#claim;
    if (holder)
      return inProgress(`${holderText(holder)} deploys ${project} by now: this deploy had been out of touch`, '');
    const now = head === 0 ? 'the record of releases was lost' : `release ${head} was made`;
    return new ShardfoldError('DEPLOY_FAILED', `${now} while this deploy was under way`, {
      hint: 'see what there is now (shardfold releases), and deploy again',
    });
  }
}

const GIVE_BACK_MS = 2000;

/** An interrupt, or a lost answer, does not tell whether the lease was taken. Where it cannot be given back it runs out. */
async function giveBack(claim: Claim, { timeoutMs }: CallContext): Promise<void> {
  const patience = claim.link.context({ timeoutMs: Math.min(timeoutMs, GIVE_BACK_MS) });
  await leaveLease(claim, NO_BASE, patience).catch((error: unknown) => {
    if (!(error instanceof ShardfoldError)) throw error;
  });
}

/** The base of a deploy that never began: no release follows it. */
const NO_BASE = -1;

const UNCERTAIN = new Set(['TIMEOUT', 'CONNECTION_FAILED', 'CLUSTER_DOWN']);

/** After these a command may have run, and may yet run. */
export const isUncertain = (error: unknown): error is ShardfoldError =>
  error instanceof ShardfoldError && UNCERTAIN.has(error.code);

const holderText = ({ who, since }: Lease): string => `${who}, since ${new Date(since).toISOString()},`;

const inProgress = (what: string, rest: string): ShardfoldError =>
  new ShardfoldError('DEPLOY_IN_PROGRESS', what, { hint: `deploy again when it is done ${rest}`.trim() });

function untouched(error: unknown, project: string): unknown {
  if (!(error instanceof ShardfoldError)) return error;
  const { code, hint, shard, message } = error;
  return new ShardfoldError(
    code,
    `${project} was not deployed (nothing was touched): the record of releases: ${message}`,
    {
      ...(hint !== undefined && { hint }),
      ...(shard !== undefined && { shard }),
      cause: error,
    },
  );
}

/** Deletes libraries under a lease, and mends what it did where the lease was lost. */
import { messageOf } from '../../cluster/errors.js';
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { holdRelease } from './hold.js';
import type { DeployLease } from './lease.js';
import { untilAlone } from './others.js';
import { putBack } from './put-back.js';
import { currentRelease } from './record.js';
import { forgetProject, forgetReleases } from './record-write.js';

export interface Doomed {
  readonly library: string;
  /** Addresses of the primaries that hold it. */
  readonly nodes: readonly string[];
}

export class Removal {
  /** Libraries of which some shard may have been asked to delete them. */
  readonly #removed = new Set<string>();
  readonly #base: number;

  constructor(
    readonly link: ClusterLink,
    readonly lease: DeployLease,
    readonly project: string,
    readonly context: CallContext,
  ) {
    this.#base = lease.base;
  }

  async run(doomed: readonly Doomed[]): Promise<void> {
    const failures: string[] = [];
    const remove = async (library: string, address: string) => {
      try {
        // Right before: whoever took the lease over may need the library by now.
        await this.lease.confirm();
        this.#removed.add(library);
        await deleteLibrary(this.link, library, address, this.context);
      } catch (error) {
        failures.push(`${address}: ${library}: ${messageOf(error)}`);
      }
    };
    await Promise.all(doomed.flatMap(({ library, nodes }) => nodes.map((address) => remove(library, address))));
    // A delete may have come later than the lease lasted.
    const state = await this.lease.state();
    if (state === 'overtaken') throw await this.#overtaken();
    await this.#mendOthers();
    this.context.check();
    if (failures.length > 0) {
      throw new ShardfoldError('SERVER_ERROR', `not everything was removed\n  ${failures.join('\n  ')}`, {
        hint:
          state === 'held'
            ? 'prune again: what is gone stays gone'
            : 'the record of releases does not answer; when it does, see "shardfold plan", and prune again',
      });
    }
    if (state === 'unknown') await this.lease.confirm();
  }

  /** Whoever began to deploy another project meanwhile may have found a library there that went right afterwards. */
  async #mendOthers(): Promise<void> {
    const { link, project, context } = this;
    if (this.#removed.size === 0) return;
    const gone = [...this.#removed].sort().join(', ');
    const still = await untilAlone(link, project, context);
    if (still !== undefined) {
      const what = `${still}, and may need what was removed meanwhile: ${gone}`;
      throw new ShardfoldError('DEPLOY_IN_PROGRESS', what, { hint: MEND });
    }
    const since = { project, base: this.#base };
    const patience = link.context({ timeoutMs: context.timeoutMs });
    const { needed, stuck } = await putBack(link, this.#removed, since, patience);
    if (needed.length === 0) return;
    const what = `a release that was made meanwhile needs ${needed.join(', ')}`;
    const state = stuck.length > 0 ? `${stuck.join(', ')} may lack it` : 'every shard holds it again';
    throw new ShardfoldError('DEPLOY_IN_PROGRESS', `${what}: ${state}`, { hint: stuck.length > 0 ? MEND : AGAIN });
  }

  async forget(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    const { link, project, context } = this;
    const done = await forgetReleases(link, { project, base: this.#base, numbers }, context);
    if ('head' in done) throw await this.#overtaken();
  }

  /** @param token That of the lease. */
  async forgetAll(token: string): Promise<void> {
    const { link, project, context } = this;
    const done = await forgetProject(link, { project, base: this.#base, token }, context);
    if ('head' in done) throw await this.#overtaken();
  }

  /** Puts back what is needed by now; the error to throw. */
  async #overtaken(): Promise<ShardfoldError> {
    const { link, lease, project, context } = this;
    const gone = [...this.#removed].sort().join(', ');
    const error = (aftermath: string, hint: string, cause?: unknown) =>
      new ShardfoldError(
        'DEPLOY_IN_PROGRESS',
        `somebody deployed ${project} while this prune was out of touch (${aftermath})`,
        { hint, ...(cause !== undefined && { cause }) },
      );
    if (gone === '') return error('nothing had been removed', AGAIN);
    try {
      // What is under way now may count on what is gone, too: its release is waited for.
      await lease.regain();
      const patience = link.context({ timeoutMs: context.timeoutMs });
      // The stable names went: the project was to go, and stays.
      const current = this.#removed.has(project) ? await currentRelease(link, project, patience) : null;
      if (current) {
        const lacking = await holdRelease(link, current, patience);
        if (lacking.length > 0)
          return error(`${lacking.join(', ')} may lack libraries of release ${current.number}`, MEND);
        return error(`every shard holds release ${current.number}`, AGAIN);
      }
      // Where the record was lost meanwhile, releases are counted anew.
      const since = { project, base: lease.base < this.#base ? 0 : this.#base };
      const { needed, stuck } = await putBack(
        link,
        this.#removed,
        since,
        link.context({ timeoutMs: context.timeoutMs }),
      );
      if (stuck.length > 0) return error(`${stuck.join(', ')} may lack ${needed.join(', ')}`, MEND);
      if (needed.length === 0) return error('nothing of what was removed is needed by now', AGAIN);
      return error(`what is needed by now is back on every shard: ${needed.join(', ')}`, AGAIN);
    } catch (cause) {
      if (!(cause instanceof ShardfoldError)) throw cause;
      return error(`${gone} may be missing: ${cause.message}`, MEND, cause);
    }
  }
}

const AGAIN = 'look at what prune shows now, and prune again';
const MEND = '"shardfold deploy" from the sources of the current release brings back what is missing';

async function deleteLibrary(link: ClusterLink, library: string, address: string, context: CallContext): Promise<void> {
  const node = link.nodes().find((one) => one.address === address);
  if (!node) throw new ShardfoldError('CONNECTION_FAILED', `${address} is not part of the cluster now`);
  try {
    await link.callNode(node.id, ['FUNCTION', 'DELETE', library], context, true);
  } catch (error) {
    if (!/Library not found/.test(messageOf(error))) throw error;
  }
}

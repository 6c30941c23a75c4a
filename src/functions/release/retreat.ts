/**
 * The way back of a deploy that failed. Where it is alone, every shard gets back exactly what it held. Where another deploy
 * came in between (this one had been out of touch for longer than its lease), the record says what all shards are to hold.
 */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type Content, KERNELS } from './content.js';
import { holdRelease } from './hold.js';
import type { DeployLease } from './lease.js';
import { readLeases } from './leases.js';
import { readRelease, readReleases } from './record.js';
import type { Failure } from './shards.js';
import { deployError, stuckText, takeBack, UNCHANGED, type Undo } from './undo.js';

/** What a deploy stands on. */
export interface Ground {
  readonly link: ClusterLink;
  readonly content: Content;
  readonly lease: DeployLease;
  readonly context: CallContext;
}

interface LostGround extends Ground {
  readonly undos: readonly Undo[];
}

/** Deploys that overtake each other again and again. */
const MOST_TRIES = 10;

const UNTOUCHED = 'it had not touched the stable names';
const MIXED = 'its stable names may be mixed with those of another deploy';

/** Takes the deploy back as far as it is this deploy's to take back; the error to throw. */
export async function retreat(ground: LostGround, failures: readonly Failure[]): Promise<ShardfoldError> {
  const { content, lease, undos } = ground;
  const failed = (aftermath: string) => deployError(content.project, failures, aftermath);
  try {
    let isTouched = undos.some(({ library }) => library === content.project);
    let state = await lease.state();
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      let aftermath: string;
      if (state === 'overtaken') {
        // The libraries that carry a hash may be those of the other deploy, too: they stay.
        if (!isTouched) return failed(UNTOUCHED);
        await lease.regain();
        aftermath = await settle(ground);
      } else {
        // Where the record cannot be reached, nobody else can deploy either.
        aftermath = await undo(ground, state === 'unknown' ? 'unknown' : await findUse(ground));
        isTouched = true;
      }
      // What was just done may have come late as well.
      state = await lease.state();
      if (state !== 'overtaken') return failed(aftermath);
    }
    return failed(`${MIXED}: shardfold plan shows it`);
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    return failed(`${MIXED}: ${error.message}; shardfold plan shows it`);
  }
}

/** Which libraries are in use: those that releases of any project name now; or nobody can tell. */
type Use = { readonly named: ReadonlySet<string> } | 'unknown';

async function findUse({ link, content, context }: LostGround): Promise<Use> {
  try {
    const patience = link.context({ timeoutMs: context.timeoutMs });
    // Before the releases: who deploys until here is seen now, who has done so is seen then.
    const leases = await readLeases(link, undefined, patience);
    const isAlone = leases.every(({ project, isOver }) => project === content.project || isOver);
    const releases = await readReleases(link, undefined, patience);
    return isAlone
      ? { named: new Set(releases.flatMap(({ libraries }) => libraries.map(({ name }) => name))) }
      : 'unknown';
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    return 'unknown';
  }
}

async function undo({ link, content, context, undos }: LostGround, use: Use): Promise<string> {
  const left = new Set<string>();
  const own = undos.filter(({ isNew, library }) => {
    if (!isNew || library === content.project) return true;
    // Whoever uses tables calls Shardfold's own, with or without a release.
    const mayBeUsed = library === KERNELS.name || use === 'unknown';
    if (mayBeUsed) left.add(library);
    return !mayBeUsed && !use.named.has(library);
  });
  const stuck = await takeBack(link, own, context.timeoutMs);
  const held = stuck.length > 0 ? stuckText(stuck) : UNCHANGED;
  return left.size === 0 ? held : `${held}, and beside it ${[...left].sort().join(', ')}, which others may use`;
}

/** What this deploy did late may lie on top of what another one did: all shards get the release that is current by now. */
async function settle(ground: LostGround): Promise<string> {
  const { link, content, context, lease } = ground;
  const { project } = content;
  const patience = link.context({ timeoutMs: context.timeoutMs });
  const release = await readRelease(link, project, lease.base, patience);
  if (!release) return undo(ground, await findUse(ground));
  const stuck = await holdRelease(link, release, patience);
  return stuck.length > 0 ? stuckText(stuck) : `every shard holds release ${release.number}`;
}

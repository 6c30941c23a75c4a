/**
 * The way back of a deploy that failed. Where it is alone, every shard gets back exactly what it held. Where another deploy
 * came in between (this one had been out of touch for longer than its lease), the record says what all shards are to hold.
 */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type Content, contentOfRelease } from './content.js';
import { install, installAlias } from './install.js';
import type { DeployLease } from './lease.js';
import { readRelease } from './record.js';
import { type Failure, onEveryShard } from './shards.js';
import type { Release } from './types.js';
import { deployError, stuckText, takeBack, UNCHANGED, type Undo } from './undo.js';

/** What a deploy stands on. */
export interface Ground {
  readonly link: ClusterLink;
  readonly content: Content;
  /** Of all projects: the libraries that they name are not deleted. */
  readonly releases: readonly Release[];
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
        aftermath = await undo(ground);
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

async function undo({ link, context, releases, undos }: LostGround): Promise<string> {
  const named = new Set(releases.flatMap(({ libraries }) => libraries.map(({ name }) => name)));
  const own = undos.filter(({ isNew, library }) => !(isNew && named.has(library)));
  const stuck = await takeBack(link, own, context.timeoutMs);
  return stuck.length > 0 ? stuckText(stuck) : UNCHANGED;
}

/** What this deploy did late may lie on top of what another one did: all shards get the release that is current by now. */
async function settle(ground: LostGround): Promise<string> {
  const { link, content, context, lease } = ground;
  const { project } = content;
  const patience = link.context({ timeoutMs: context.timeoutMs });
  const release = await readRelease(link, project, lease.base, patience);
  if (!release) return undo(ground);
  const { libraries, alias } = await contentOfRelease(link, release, patience);
  const failures = await onEveryShard(link, patience, async (node, own) => {
    const site = { link, node, context: own, undos: [] };
    for (const library of libraries) await install(site, library);
    await installAlias(site, project, alias);
  });
  const stuck = failures.flatMap(({ node }) => node?.address ?? []);
  return stuck.length > 0 ? stuckText(stuck) : `every shard holds release ${release.number}`;
}

/** Deploys of other projects, which may count on a library that they found and that is about to go. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type KnownLease, readLeases } from './leases.js';

const LOOK_AGAIN_MS = 100;

async function deploysOfOthers(link: ClusterLink, own: string, context: CallContext): Promise<KnownLease[]> {
  return (await readLeases(link, undefined, context)).filter(({ project, isOver }) => project !== own && !isOver);
}

/** @throws DEPLOY_IN_PROGRESS naming who deploys */
export async function requireAlone(link: ClusterLink, own: string, context: CallContext): Promise<void> {
  const [first] = await deploysOfOthers(link, own, context);
  if (!first) return;
  throw new ShardfoldError('DEPLOY_IN_PROGRESS', `${textOf(first)}: it may need libraries that would be removed`, {
    hint: 'prune again when it is done',
  });
}

/** Resolves when nobody deploys another project any more; with who does, where that took too long or was interrupted. */
export async function untilAlone(
  link: ClusterLink,
  own: string,
  { timeoutMs, signal }: CallContext,
): Promise<string | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const [first] = await deploysOfOthers(link, own, link.context({ timeoutMs }));
    if (!first) return undefined;
    if (signal?.aborted || performance.now() > end) return textOf(first);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const textOf = ({ who, since, project }: KnownLease): string =>
  `${who}, since ${new Date(since).toISOString()}, deploys ${project}`;

/** Libraries that were removed, and that a release names by now, come back to every shard, out of the record. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { contentOfRelease } from './content.js';
import { install, waitForReplicas } from './install.js';
import { readReleases } from './record.js';
import { onEveryShard } from './shards.js';

export interface PutBack {
  /** Names of libraries that some release needs; all others may stay away. */
  readonly needed: readonly string[];
  /** Addresses of the shards that did not take them. */
  readonly stuck: readonly string[];
}

/**
 * @param since By project, the number of the release after which one is looked at; for other projects every release is.
 * @throws DATA_LOSS where the record holds their code no longer, and whatever stands in the way of reading it
 */
export async function putBack(
  link: ClusterLink,
  removed: ReadonlySet<string>,
  since: { readonly project: string; readonly base: number },
  context: CallContext,
): Promise<PutBack> {
  const releases = await readReleases(link, undefined, context);
  const later = releases.filter(({ project, number }) => project !== since.project || number > since.base);
  const lacking = later.map((release) => {
    const libraries = release.libraries.filter(({ name }) => removed.has(name));
    return { ...release, libraries, alias: null };
  });
  const contents = await Promise.all(lacking.map((release) => contentOfRelease(link, release, context)));
  const libraries = new Map(contents.flatMap((content) => content.libraries.map((one) => [one.name, one] as const)));
  if (libraries.size === 0) return { needed: [], stuck: [] };
  const failures = await onEveryShard(link, context, async (node, own) => {
    for (const library of libraries.values()) await install({ link, node, context: own, undos: [] }, library);
    await waitForReplicas(link, node, own);
  });
  return { needed: [...libraries.keys()], stuck: failures.map(({ node }) => node?.address ?? 'the cluster') };
}

/** All that a release consists of, on every shard, out of the record. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { contentOfRelease } from './content.js';
import { install, installAlias } from './install.js';
import { onEveryShard } from './shards.js';
import type { Release } from './types.js';

/** Addresses of the shards that did not take it. @throws DATA_LOSS where the record holds the code no longer */
export async function holdRelease(link: ClusterLink, release: Release, context: CallContext): Promise<string[]> {
  const { project, libraries, alias } = await contentOfRelease(link, release, context);
  const failures = await onEveryShard(link, context, async (node, own) => {
    const site = { link, node, context: own, undos: [] };
    for (const library of libraries) await install(site, library);
    await installAlias(site, project, alias);
  });
  return failures.map(({ node }) => node?.address ?? 'the cluster');
}

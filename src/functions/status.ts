/** Which node holds which version of the library. */
import type { CallContext, ClusterLink, NodeInfo } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { type InstalledLibrary, readLibraries } from './inspect.js';
import { type Library, library } from './library.js';
import type { NodeReport } from './report.js';

/** Asks every node, replicas too. A node that cannot be asked is reported with its problem; the others are still told. */
export async function libraryStatus(
  link: ClusterLink,
  context: CallContext,
  wanted: Library = library,
): Promise<NodeReport[]> {
  return Promise.all(link.nodes().map((node) => statusOf(link, node, wanted, context)));
}

async function statusOf(link: ClusterLink, node: NodeInfo, wanted: Library, context: CallContext): Promise<NodeReport> {
  if (node.down) return { ...nothing(node), asked: false, problem: 'the cluster calls it failed' };
  try {
    const family = wanted.name.slice(0, -wanted.hash.length);
    const installed = await readLibraries(link, node, family, context);
    return describe(node, wanted, installed);
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code === 'ABORTED') throw error;
    return { ...nothing(node), asked: false, problem: error.message };
  }
}

const nothing = ({ id, address, role }: NodeInfo): NodeReport => ({
  id,
  address,
  role,
  library: null,
  hash: null,
  functions: 0,
  inStep: false,
  asked: true,
  others: [],
});

function describe(node: NodeInfo, wanted: Library, installed: readonly InstalledLibrary[]): NodeReport {
  const ours = installed.find(({ name }) => name === wanted.name);
  const shown = ours ?? installed[0];
  if (!shown) return { ...nothing(node), problem: 'no functions' };
  const inStep = ours?.code === wanted.code;
  const problem = ours ? 'its code was changed by hand' : 'another version';
  return {
    ...nothing(node),
    library: shown.name,
    hash: shown.name.slice(-wanted.hash.length),
    functions: shown.functions.length,
    inStep,
    others: installed.filter((other) => other !== shown).map(({ name }) => name),
    ...(!inStep && { problem }),
  };
}

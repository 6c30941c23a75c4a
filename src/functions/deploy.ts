/** The library on every primary, read back and warmed up; or an error, and every shard as it was before. */
import { messageOf } from '../cluster/errors.js';
import type { CallContext, ClusterLink, NodeInfo } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { functionError } from './call.js';
import { readLibraries } from './inspect.js';
import { functionName, type Library, library } from './library.js';
import { loadError } from './load.js';
import type { NodeReport } from './report.js';

export type { NodeReport } from './report.js';
export { libraryStatus } from './status.js';

/** A cluster that grows while it is deployed to is followed so often. */
const MOST_ROUNDS = 3;

const REPLICA_PATIENCE_MS = 1000;

interface Failure {
  readonly node: NodeInfo;
  readonly error: unknown;
}

interface Undo {
  readonly node: NodeInfo;
  readonly command: readonly string[];
}

/**
 * Loads the library into every primary (their replicas get it from them), compares what the servers then hold, and calls
 * `warm` on each, so that no module fails at a user's first call.
 *
 * Errors: DEPLOY_FAILED naming each shard that failed and why; the shards that this deploy had changed hold again what they
 * held before, or the message says which do not. Deploying twice changes nothing.
 */
export async function deployLibrary(
  link: ClusterLink,
  context: CallContext,
  wanted: Library = library,
): Promise<NodeReport[]> {
  const reports = new Map<string, NodeReport>();
  const undos: Undo[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const missing = link.nodes().filter((node) => isShard(node) && !reports.has(node.id));
    if (missing.length === 0) break;
    const failures: Failure[] = [];
    const deploy = async (node: NodeInfo): Promise<void> => {
      try {
        reports.set(node.id, await install(link, node, wanted, { context, undos }));
      } catch (error) {
        failures.push({ node, error });
      }
    };
    await Promise.all(missing.map(deploy));
    if (failures.length > 0) throw await takeBack(link, { context, undos, failures, wanted });
  }
  return link.nodes().flatMap(({ id }) => reports.get(id) ?? []);
}

/** A failed primary that still owns slots is a shard, and fails the deploy; one that was replaced is none. */
const isShard = ({ role, down, slots }: NodeInfo): boolean => role === 'primary' && (!down || slots.length > 0);

async function install(
  link: ClusterLink,
  node: NodeInfo,
  wanted: Library,
  { context, undos }: { context: CallContext; undos: Undo[] },
): Promise<NodeReport> {
  const find = async () => (await readLibraries(link, node, wanted.name, context))[0];
  const before = await find();
  const changed = before?.code !== wanted.code;
  if (changed) {
    // Noted first: a load whose answer is lost may have happened.
    undos.push({ node, command: before ? loadCommand(before.code) : ['FUNCTION', 'DELETE', wanted.name] });
    await load(link, node, wanted, context);
  }
  const after = await find();
  if (after?.code !== wanted.code || !sameNames(after.functions, wanted)) {
    throw new ShardfoldError('FUNCTION_LOAD_FAILED', `${node.address} does not hold what was loaded into it`, {
      shard: node.address,
      hint: 'somebody else may deploy at the same time: deploy again',
    });
  }
  await warm(link, node, wanted, context);
  if (changed) await waitForReplicas(link, node, context);
  return {
    id: node.id,
    address: node.address,
    role: node.role,
    library: wanted.name,
    hash: wanted.hash,
    functions: after.functions.length,
    inStep: true,
    asked: true,
    others: [],
    action: changed ? 'loaded' : 'present',
  };
}

// REPLACE makes it harmless to run twice, and mends a library of that name with other code.
const loadCommand = (code: string): string[] => ['FUNCTION', 'LOAD', 'REPLACE', code];

async function load(link: ClusterLink, node: NodeInfo, wanted: Library, context: CallContext): Promise<void> {
  try {
    await link.callNode(node.id, loadCommand(wanted.code), context, true);
  } catch (error) {
    if (error instanceof ShardfoldError && error.code !== 'NO_PERMISSION') throw loadError(error, wanted);
    throw error;
  }
}

async function warm(link: ClusterLink, node: NodeInfo, wanted: Library, context: CallContext): Promise<void> {
  try {
    await link.callNode(node.id, ['FCALL_RO', functionName('warm', wanted), '0'], context, true);
  } catch (error) {
    throw error instanceof ShardfoldError ? functionError(error, 'warm', wanted) : error;
  }
}

/** So that whoever looks at the replicas next finds them in step. They get the library by themselves in any case. */
async function waitForReplicas(link: ClusterLink, { id }: NodeInfo, context: CallContext): Promise<void> {
  const replicas = link.nodes().filter(({ replicaOf, down }) => replicaOf === id && !down).length;
  if (replicas === 0) return;
  try {
    await link.callNode(id, ['WAIT', String(replicas), String(REPLICA_PATIENCE_MS)], context, true);
  } catch (error) {
    // A user who deploys need not be allowed to wait.
    if (!(error instanceof ShardfoldError) || error.code !== 'NO_PERMISSION') throw error;
  }
}

function sameNames(held: readonly string[], wanted: Library): boolean {
  const names = wanted.functions.map(({ name }) => functionName(name, wanted));
  return held.length === names.length && names.every((name) => held.includes(name));
}

interface Wreck {
  readonly context: CallContext;
  readonly undos: readonly Undo[];
  readonly failures: readonly Failure[];
  readonly wanted: Library;
}

/** Returns the shards that were changed to what they held, and the error to throw. */
async function takeBack(link: ClusterLink, { context, undos, failures, wanted }: Wreck): Promise<ShardfoldError> {
  const stuck: string[] = [];
  // The deploy's own deadline may have passed, and an abort must not leave half of it behind.
  const patience = link.context({ timeoutMs: context.timeoutMs });
  const undo = async ({ node, command }: Undo): Promise<void> => {
    try {
      await link.callNode(node.id, command, patience, true);
    } catch (error) {
      if (!/Library not found/.test(messageOf(error))) stuck.push(node.address);
    }
  };
  await Promise.all(undos.map(undo));
  const aborted = failures.find(({ error }) => error instanceof ShardfoldError && error.code === 'ABORTED');
  const lines = failures.map(({ node, error }) => `${node.address}: ${messageOf(error)}`);
  const aftermath =
    stuck.length > 0
      ? `${stuck.join(', ')} could not be returned to what it held before`
      : 'every shard holds what it held before';
  const hint = failures.map(({ error }) => (error instanceof ShardfoldError ? error.hint : undefined)).find(Boolean);
  return new ShardfoldError(
    aborted ? 'ABORTED' : 'DEPLOY_FAILED',
    `${wanted.name} was not deployed (${aftermath})\n  ${lines.join('\n  ')}`,
    {
      ...(hint !== undefined && { hint }),
      ...(failures[0] && { shard: failures[0].node.address }),
      cause: failures.length === 1 ? failures[0]?.error : new AggregateError(failures.map(({ error }) => error)),
    },
  );
}

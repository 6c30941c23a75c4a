/** One library on one shard: loaded, read back and warmed up, with the way back noted. */
import type { Argument, CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { functionError } from '../call.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import { functionName, type Library } from '../library.js';
import { loadError } from '../load.js';
import { registeredNames } from './content.js';
import { stableHash } from './status.js';
import type { DeployRow } from './types.js';
import { loadCommand, type Undo, unlessGone } from './undo.js';

const REPLICA_PATIENCE_MS = 1000;

/** Where one library is put, and under what. */
export interface Site {
  readonly link: ClusterLink;
  readonly node: NodeInfo;
  readonly context: CallContext;
  readonly undos: Undo[];
}

export interface Done extends Pick<DeployRow, 'action' | 'name' | 'hash' | 'functions'> {
  /** The code that the shard held under this name before. */
  readonly before: Buffer | undefined;
}

export interface Reached {
  /** Those that are not down. */
  readonly replicas: number;
  readonly reached: number;
}

/** Loads the library unless the shard holds exactly it, compares what the shard then holds, and calls its `warm`. */
export async function install(site: Site, wanted: Library): Promise<Done> {
  const before = await find(site, wanted.name);
  const action = before === undefined ? 'loaded' : holds(before, wanted) ? 'present' : 'replaced';
  if (action !== 'present') {
    // Noted first: a load whose answer is lost may have happened.
    note(site, wanted.name, before);
    await load(site, wanted);
  }
  const after = await find(site, wanted.name);
  if (!after || !holds(after, wanted) || !sameNames(after.functions, registeredNames(wanted))) {
    const { address } = site.node;
    throw new ShardfoldError('FUNCTION_LOAD_FAILED', `${address} does not hold what was loaded into it`, {
      shard: address,
      hint: 'somebody else may deploy at the same time: deploy again',
    });
  }
  await warm(site, wanted);
  return { action, name: wanted.name, hash: wanted.hash, functions: after.functions.length, before: before?.code };
}

/** Puts a project's library of stable names in place, or takes it away. @throws FUNCTION_LOAD_FAILED where it is not ours */
export async function installAlias(site: Site, project: string, wanted: Library | null): Promise<Done> {
  const before = await find(site, project);
  if (before !== undefined && stableHash(String(before.code)) === undefined) throw notOurs(site.node, project);
  if (wanted) return install(site, wanted);
  if (before !== undefined) {
    note(site, project, before);
    await send(site, ['FUNCTION', 'DELETE', project]).catch(unlessGone);
  }
  return { action: before ? 'removed' : 'present', name: project, hash: null, functions: 0, before: before?.code };
}

/**
 * So that whoever looks at the replicas next finds them in step. They get everything by themselves in any case. How many have it
 * now; where the user may not wait, all are taken to.
 */
export async function waitForReplicas(link: ClusterLink, { id }: NodeInfo, context: CallContext): Promise<Reached> {
  const replicas = link.nodes().filter(({ replicaOf, down }) => replicaOf === id && !down).length;
  if (replicas === 0) return { replicas, reached: 0 };
  try {
    const reached = await link.callNode(id, ['WAIT', String(replicas), String(REPLICA_PATIENCE_MS)], context, true);
    return { replicas, reached: Number(reached) };
  } catch (error) {
    // A user who deploys need not be allowed to wait.
    if (!(error instanceof ShardfoldError) || error.code !== 'NO_PERMISSION') throw error;
    return { replicas, reached: replicas };
  }
}

async function find({ link, node, context }: Site, name: string): Promise<HeldLibrary | undefined> {
  return (await readAllLibraries(link, node, context, name))[0];
}

function note({ node, undos }: Site, library: string, before: HeldLibrary | undefined): void {
  const command = before ? loadCommand(before.code) : ['FUNCTION', 'DELETE', library];
  undos.push({ node, library, isNew: before === undefined, command });
}

const send = ({ link, node, context }: Site, command: readonly Argument[]) =>
  link.callNode(node.id, command, context, true);

async function load(site: Site, wanted: Library): Promise<void> {
  try {
    await send(site, loadCommand(wanted.code));
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code === 'NO_PERMISSION') throw error;
    const refused = loadError(error, wanted);
    // It came in the meantime, else the deploy had not begun.
    if (!/Function \w+ already exists/.test(refused.message)) throw refused;
    const { code, message } = refused;
    throw new ShardfoldError(code, message, {
      ...(refused.shard !== undefined && { shard: refused.shard }),
      hint: 'shardfold plan shows which library has that function, and whose it is',
      cause: error,
    });
  }
}

async function warm(site: Site, wanted: Library): Promise<void> {
  try {
    await send(site, ['FCALL_RO', functionName('warm', wanted), '0']);
  } catch (error) {
    throw error instanceof ShardfoldError ? functionError(error, 'warm', wanted) : error;
  }
}

export const holds = ({ code }: HeldLibrary, wanted: Library): boolean => code.equals(Buffer.from(wanted.code));

const sameNames = (held: readonly string[], names: readonly string[]): boolean =>
  held.length === names.length && names.every((name) => held.includes(name));

const notOurs = ({ address }: NodeInfo, name: string): ShardfoldError =>
  new ShardfoldError('FUNCTION_LOAD_FAILED', `${address} holds a library "${name}" that no deploy made`, {
    shard: address,
    hint: `delete it there (FUNCTION DELETE ${name}), or give the project another name`,
  });

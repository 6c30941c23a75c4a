/** The folder of a local cluster whose data lasts: what it holds, and how the next start finds it again. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ShardfoldError } from '../errors.js';
import { BUS_OFFSET } from './ports.js';
import { RespConnection } from './resp.js';

export interface Shape {
  shards: number;
  replicas: number;
  clusterMode: boolean;
}

export interface SavedCluster extends Shape {
  ports: number[];
  /** False from the start of the forming to its end: half a cluster holds no data and is begun anew. */
  formed: boolean;
}

const STATE = 'shardfold-dev.json';

export const nodeFolder = (dir: string, index: number) => join(dir, `node-${index + 1}`);

const counted = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`;

export function words({ shards, replicas, clusterMode }: Shape): string {
  if (!clusterMode) return 'one standalone server';
  return `a cluster of ${counted(shards, 'shard')} with ${counted(replicas, 'replica')}${shards === 1 ? '' : ' each'}`;
}

export async function readSaved(dir: string): Promise<SavedCluster | undefined> {
  const file = join(dir, STATE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new ShardfoldError('LOCAL_CLUSTER_FAILED', `${file} cannot be read (${error.message})`, {
      hint: 'choose another --dir',
      cause: error,
    });
  });
  if (text === undefined) return undefined;
  try {
    const saved = JSON.parse(text) as SavedCluster;
    if (
      Array.isArray(saved.ports) &&
      saved.ports.length === (saved.clusterMode ? saved.shards * (1 + saved.replicas) : 1)
    )
      return saved;
  } catch {
    // Falls through to the same error as any other wrong content.
  }
  throw new ShardfoldError('LOCAL_CLUSTER_FAILED', `${file} is not a file that shardfold dev wrote`, {
    hint: 'choose another --dir, or remove this one',
  });
}

/** The cluster that a start with this folder would find again. */
export async function savedCluster(dir: string): Promise<SavedCluster | undefined> {
  const saved = await readSaved(resolve(dir));
  return saved?.formed ? saved : undefined;
}

/** Written beside and renamed, so that a crash leaves the old state or the new. */
export async function writeSaved(dir: string, saved: SavedCluster): Promise<void> {
  const file = join(dir, STATE);
  await writeFile(`${file}.new`, `${JSON.stringify(saved)}\n`);
  await rename(`${file}.new`, file);
}

/** @throws INVALID_ARGUMENT where the folder holds a cluster of another shape than asked for */
export function requireShape(dir: string, saved: Shape, asked: Partial<Shape>): void {
  const differs = (Object.keys(asked) as (keyof Shape)[]).some((key) => asked[key] !== saved[key]);
  if (!differs) return;
  const wanted = words({ ...saved, ...asked });
  throw new ShardfoldError('INVALID_ARGUMENT', `${resolve(dir)} holds ${words(saved)}, not ${wanted}`, {
    hint: `start it with --shards ${saved.shards} --replicas ${saved.replicas}, or choose another --dir`,
  });
}

/** @throws LOCAL_CLUSTER_FAILED where servers run on the folder already */
export async function requireUnused(dir: string, saved: SavedCluster): Promise<void> {
  for (const [i, port] of saved.ports.entries()) {
    const connection = new RespConnection(port, 2000);
    const reply = await connection.call('CONFIG', 'GET', 'dir').catch(() => undefined);
    connection.close();
    if (Array.isArray(reply) && reply[1] === nodeFolder(dir, i)) {
      throw new ShardfoldError('LOCAL_CLUSTER_FAILED', `servers run on ${dir} already (127.0.0.1:${port})`, {
        hint: 'stop that "shardfold dev" first, or choose another --dir',
      });
    }
  }
}

/** Node's own recursive `mkdir` never ends in a folder that takes none and says ENOENT, as /proc does. */
async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return;
    const parent = dirname(dir);
    const noParent = code === 'ENOENT' && parent !== dir && !(await exists(parent));
    if (!noParent) throw error;
    await makeFolder(parent);
    await mkdir(dir);
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Makes the folders of the nodes, empty where `fresh`. */
export async function prepareFolders(dir: string, count: number, fresh: boolean): Promise<void> {
  await makeFolder(dir);
  for (let i = 0; i < count; i++) {
    if (fresh) await rm(nodeFolder(dir, i), { recursive: true, force: true });
    await makeFolder(nodeFolder(dir, i));
  }
}

/** Tells the nodes of a stopped cluster that they will meet again on other ports. */
export async function movePorts(dir: string, from: readonly number[], to: readonly number[]): Promise<void> {
  for (let i = 0; i < from.length; i++) {
    const file = join(nodeFolder(dir, i), 'nodes.conf');
    if (!(await readdir(nodeFolder(dir, i))).includes('nodes.conf')) continue;
    const text = await readFile(file, 'utf8');
    const moved = text.replace(/:(\d+)@(\d+)/g, (address, port: string) => {
      const now = to[from.indexOf(Number(port))];
      return now === undefined ? address : `:${now}@${now + BUS_OFFSET}`;
    });
    await writeFile(file, moved);
  }
}

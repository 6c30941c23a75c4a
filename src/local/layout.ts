/** Decides, before any server starts, what is to be started where. */
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ShardfoldError } from '../errors.js';
import {
  movePorts,
  prepareFolders,
  readSaved,
  requireShape,
  requireUnused,
  type SavedCluster,
  type Shape,
  words,
  writeSaved,
} from './data-folder.js';
import { freePorts, requirePorts } from './ports.js';

export interface LayoutOptions extends Partial<Shape> {
  port?: number;
  dir?: string;
}

export interface Layout extends Shape {
  ports: number[];
  dir: string;
  /** False: the folder is temporary. */
  lasting: boolean;
  /** True where the folder holds a cluster that was formed before. */
  formed: boolean;
}

const MOST_SERVERS = 200;

function shapeOf(options: LayoutOptions, saved: SavedCluster | undefined): Shape {
  const clusterMode = options.clusterMode ?? saved?.clusterMode ?? true;
  const shards = clusterMode ? (options.shards ?? saved?.shards ?? 3) : 1;
  const replicas = clusterMode ? (options.replicas ?? saved?.replicas ?? 0) : 0;
  const whole = (value: number, least: number) => Number.isInteger(value) && value >= least;
  if (!whole(shards, 1) || !whole(replicas, 0) || shards * (1 + replicas) > MOST_SERVERS) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${words({ shards, replicas, clusterMode })} cannot be started`, {
      hint: `shards: 1 or more; replicas: 0 or more; at most ${MOST_SERVERS} servers in all`,
    });
  }
  return { clusterMode, shards, replicas };
}

async function choosePorts(options: LayoutOptions, count: number, clusterMode: boolean, old?: readonly number[]) {
  const first = options.port;
  if (first !== undefined) {
    const ports = Array.from({ length: count }, (_, i) => first + i);
    await requirePorts(ports, clusterMode);
    return ports;
  }
  if (old !== undefined) {
    const free = requirePorts(old, clusterMode).then(
      () => true,
      () => false,
    );
    if (await free) return [...old];
  }
  return freePorts(count);
}

/** Chooses shape, ports and folder, and lays out the folder. @throws INVALID_ARGUMENT, PORT_TAKEN, LOCAL_CLUSTER_FAILED */
export async function layOut(options: LayoutOptions): Promise<Layout> {
  if (options.dir === undefined) {
    const shape = shapeOf(options, undefined);
    const count = shape.shards * (1 + shape.replicas);
    const ports = await choosePorts(options, count, shape.clusterMode);
    const dir = await mkdtemp(join(await realpath(tmpdir()), 'shardfold-'));
    await prepareFolders(dir, count, true);
    return { ...shape, ports, dir, lasting: false, formed: false };
  }
  const dir = resolve(options.dir);
  const saved = await readSaved(dir);
  if (saved) await requireUnused(dir, saved);
  const before = saved?.formed ? saved : undefined;
  const shape = shapeOf(options, before);
  if (before) requireShape(dir, before, shape);
  const count = shape.shards * (1 + shape.replicas);
  const ports = await choosePorts(options, count, shape.clusterMode, before?.ports);
  await prepareFolders(dir, count, before === undefined);
  if (before) await movePorts(dir, before.ports, ports);
  const layout = { ...shape, ports, dir, lasting: true, formed: before !== undefined };
  await saveLayout(layout, layout.formed);
  return layout;
}

/** Notes in a lasting folder what lies there, for the next start. */
export async function saveLayout(layout: Layout, formed: boolean): Promise<void> {
  if (!layout.lasting) return;
  const { clusterMode, shards, replicas, ports } = layout;
  await writeSaved(layout.dir, { clusterMode, shards, replicas, ports, formed });
}

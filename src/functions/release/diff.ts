/** The source against what the servers run: unified diffs, module by module. */
import { createTwoFilesPatch } from 'diff';
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { readAllLibraries } from '../inspect.js';
import type { Library } from '../library.js';
import { bundleParts } from './parts.js';
import { shardsOf } from './shards.js';
import { stableHash } from './status.js';

export interface ModuleDiff {
  /** Null for what the bundler writes around the modules: names, flags and specs of the functions. */
  readonly module: string | null;
  readonly change: 'added' | 'removed' | 'changed';
  /** As `diff -u` prints it. */
  readonly patch: string;
}

/** What some of the primaries run of one library. */
export interface RunningDiff {
  /** The library's name on the servers; null where they hold none of that source. */
  readonly name: string | null;
  readonly hash: string | null;
  /** Addresses of the primaries that run just this. */
  readonly nodes: readonly string[];
  /** Empty where they run what the source says. */
  readonly modules: readonly ModuleDiff[];
}

export interface LibraryDiff {
  /** The name of the library in the project. */
  readonly source: string;
  /** What the source would be deployed as. */
  readonly name: string;
  readonly hash: string;
  /** One entry where all primaries run the same. */
  readonly running: readonly RunningDiff[];
}

/** What is compared: a library of the sources, and the name under which the servers are to hold it now. */
export interface Compared {
  readonly source: string;
  readonly wanted: Library;
  /** By the current release; null where it has none of this source. */
  readonly current: string | null;
}

/** @throws whatever stands in the way of asking every primary: half an answer would look like a whole one. */
export async function diffLibraries(
  link: ClusterLink,
  compared: readonly Compared[],
  context: CallContext,
): Promise<LibraryDiff[]> {
  const primaries = shardsOf(link);
  return Promise.all(compared.map((one) => diffLibrary(link, one, primaries, context)));
}

async function diffLibrary(
  link: ClusterLink,
  { source, wanted, current }: Compared,
  primaries: readonly NodeInfo[],
  context: CallContext,
): Promise<LibraryDiff> {
  // By their code: some nodes may hold something else under the same name.
  const groups = new Map<string | null, string[]>();
  const read = async (node: NodeInfo): Promise<readonly [string, string | null]> => {
    if (current === null) return [node.address, null];
    const [held] = await readAllLibraries(link, node, context, current);
    return [node.address, held ? String(held.code) : null];
  };
  for (const [address, code] of await Promise.all(primaries.map(read))) {
    groups.set(code, [...(groups.get(code) ?? []), address]);
  }
  const running = [...groups].map(([code, nodes]) => ({
    name: code === null ? null : current,
    hash: code === null ? null : hashOf(code, current as string),
    nodes,
    modules: diffCode(code, wanted, current ?? ''),
  }));
  return { source, name: wanted.name, hash: wanted.hash, running };
}

/** @param name The running library's, from which its hash is read; of no meaning where nothing runs. */
export function diffCode(running: string | null, wanted: Library, name: string): ModuleDiff[] {
  if (running === wanted.code) return [];
  const before = running === null ? [] : bundleParts(running, hashOf(running, name));
  const after = bundleParts(wanted.code, wanted.hash);
  const files = new Map(after.flatMap(({ module }, i) => (module === null ? [] : [[module, wanted.lineMap[i]?.file]])));
  const label = (module: string | null) => (module === null ? '(registration)' : (files.get(module) ?? module));
  const diffs: ModuleDiff[] = [];
  const add = (module: string | null, old: string | undefined, text: string | undefined): void => {
    if (old === text) return;
    const change = old === undefined ? 'added' : text === undefined ? 'removed' : 'changed';
    const from = old === undefined ? '/dev/null' : `running/${label(module)}`;
    const to = text === undefined ? '/dev/null' : `source/${label(module)}`;
    diffs.push({ module, change, patch: patch(from, to, old ?? '', text ?? '') });
  };
  const held = new Map(before.map(({ module, text }) => [module, text]));
  for (const { module, text } of after) add(module, held.get(module), text);
  const kept = new Set(after.map(({ module }) => module));
  for (const { module, text } of before) if (!kept.has(module)) add(module, text, undefined);
  // All parts are equal and the whole is not: somebody changed what stands between them.
  if (diffs.length === 0) add(null, running ?? undefined, wanted.code);
  return diffs;
}

/** Of the text itself where it says so (stable names), else of the name. */
const hashOf = (code: string, name: string): string => stableHash(code) ?? /_([0-9a-f]{12})$/.exec(name)?.[1] ?? '';

/** Without the line of equal signs that the package puts first. */
const patch = (from: string, to: string, old: string, text: string): string =>
  createTwoFilesPatch(from, to, old, text).replace(/^=+\n/, '');

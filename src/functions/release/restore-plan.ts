/** What a restore would do, shard by shard, and what stands in its way. Nothing is changed here. */
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import { bytesOf, type ExportedLibrary, type ExportFile } from './export-file.js';
import { readHeads, readReleases } from './record.js';
import { type Base, planRecords, type RecordSteps } from './restore-records.js';
import { shardsOf } from './shards.js';
import { stableHash } from './status.js';
import type { Release } from './types.js';

export interface RestoreOptions {
  /** Replace libraries of the same names, and the records of the same projects. */
  readonly replace?: boolean;
  /** Where the file's nodes differ: the address of the one whose functions are taken. */
  readonly node?: string;
}

/** What one library needs on one shard. */
export interface RestoreRow {
  readonly address: string;
  readonly library: string;
  readonly action: 'add' | 'replace' | 'in step';
}

export interface RestorePlan {
  readonly rows: readonly RestoreRow[];
  /** Addresses of the primaries. */
  readonly nodes: readonly string[];
  /** What every shard is to hold. */
  readonly libraries: readonly ExportedLibrary[];
  readonly replace: boolean;
  readonly records: RecordSteps;
  /** Projects whose records, libraries or stable names the file has, as they stood when the plan was made. */
  readonly bases: readonly Base[];
  /** True where there is something to do. */
  readonly changes: boolean;
}

/**
 * Errors: INVALID_ARGUMENT where the file's nodes differ and none is chosen, where something would be replaced without
 * `replace`, or where a function's name belongs to a library that the file does not have; all reasons at once.
 */
export async function planRestore(
  link: ClusterLink,
  file: ExportFile,
  options: RestoreOptions,
  context: CallContext,
): Promise<RestorePlan> {
  const { replace = false } = options;
  const libraries = choose(file, options.node);
  const nodes = shardsOf(link);
  // First: a release that is made while the shards are asked shows when the leases are taken.
  const records = await planRecords(link, file, context);
  const bases = await touchedProjects(link, libraries, records, context);
  const problems: string[] = [];
  const rows: RestoreRow[] = [];
  const shards = await Promise.all(
    nodes.map(async (node) => ({ node, held: await readAllLibraries(link, node, context) })),
  );
  for (const { node, held } of shards) {
    problems.push(...clashes(node, libraries, held));
    for (const library of libraries) {
      rows.push({ address: node.address, library: library.name, action: actionOf(library, held) });
    }
  }
  const replaced = [...new Set(rows.filter(({ action }) => action === 'replace').map(({ library }) => library))];
  if (!replace) {
    problems.push(...replaced.map((name) => `library ${name} is there with other code`));
    if (records.action === 'replace') problems.push('there are other release records of the same project');
  }
  if (problems.length > 0) {
    const hint =
      replaced.length > 0 || records.action === 'replace'
        ? '--replace puts what the file holds in the place of what is there'
        : 'remove the library that has the name: FUNCTION DELETE, on every primary';
    throw new ShardfoldError('INVALID_ARGUMENT', `the file cannot be restored\n  ${problems.join('\n  ')}`, { hint });
  }
  const changes = rows.some(({ action }) => action !== 'in step') || ['add', 'replace'].includes(records.action);
  return { rows, nodes: nodes.map(({ address }) => address), libraries, replace, records, bases, changes };
}

/** @param held All that the shard holds. */
export function actionOf(library: ExportedLibrary, held: readonly HeldLibrary[]): RestoreRow['action'] {
  const own = held.find(({ name }) => name === library.name);
  if (own === undefined) return 'add';
  return own.code.equals(bytesOf(library.code)) ? 'in step' : 'replace';
}

/** Those that a restore must keep from deploying meanwhile, sorted. */
async function touchedProjects(
  link: ClusterLink,
  libraries: readonly ExportedLibrary[],
  records: RecordSteps,
  context: CallContext,
): Promise<Base[]> {
  const names = new Set(libraries.map(({ name }) => name));
  const isTouched = ({ project, libraries }: Release) =>
    names.has(project) || libraries.some(({ name }) => names.has(name));
  const recorded = (await readReleases(link, undefined, context)).filter(isTouched).map(({ project }) => project);
  // A library of stable names is called like its project, which may have no release here yet.
  const stable = libraries.filter(({ code }) => stableHash(String(bytesOf(code))) !== undefined);
  const projects = [...new Set([...records.projects, ...recorded, ...stable.map(({ name }) => name)])].sort();
  const heads = await readHeads(link, projects, context);
  return projects.map((project, i) => ({ project, base: heads[i] as number }));
}

/** One library a name. What only some nodes held is restored everywhere: all shards of a cluster are to hold the same. */
function choose(file: ExportFile, address: string | undefined): ExportedLibrary[] {
  if (address !== undefined && !file.nodes.includes(address)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `the file knows no node ${address}`, {
      hint: `its nodes are ${file.nodes.join(', ')}`,
    });
  }
  const isOf = ({ nodes }: ExportedLibrary) => address === undefined || nodes === undefined || nodes.includes(address);
  const libraries = file.libraries.filter(isOf);
  const owners = new Map<string, string>();
  for (const { name, functions } of libraries) {
    const twins = libraries.filter((library) => library.name === name);
    if (twins.length > 1) {
      const where = twins.map(({ nodes }) => nodes?.join(', ')).join(' | ');
      throw differing(`library ${name} was not the same on all nodes (${where})`);
    }
    for (const one of functions) {
      const owner = owners.get(one);
      if (owner !== undefined) throw differing(`function ${one} stands in library ${owner} and in library ${name}`);
      owners.set(one, name);
    }
  }
  return libraries;
}

const differing = (what: string): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', `the nodes in the file differ: ${what}`, {
    hint: '--node ADDRESS restores, to all shards, what that node held',
  });

/** Names of functions are global: one that another library holds cannot be loaded. */
function clashes(node: NodeInfo, libraries: readonly ExportedLibrary[], held: readonly HeldLibrary[]): string[] {
  const names = new Set(libraries.map(({ name }) => name));
  const owners = new Map<string, string>();
  for (const { name, functions } of held) if (!names.has(name)) for (const one of functions) owners.set(one, name);
  return libraries.flatMap(({ name, functions }) =>
    functions
      .filter((one) => owners.has(one))
      .map((one) => `${node.address}: function ${one} of ${name} belongs to library ${owners.get(one)} there`),
  );
}

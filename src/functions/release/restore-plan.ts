/** What a restore would do, shard by shard, and what stands in its way. Nothing is changed here. */
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import { bytesOf, type ExportedLibrary, type ExportFile } from './export-file.js';
import { planRecords, type RecordSteps } from './restore-records.js';
import { shardsOf } from './shards.js';

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

/** The steps of one shard, in the order in which they are safe. */
export interface ShardSteps {
  readonly node: NodeInfo;
  readonly libraries: readonly { readonly library: ExportedLibrary; readonly held: HeldLibrary | undefined }[];
}

export interface RestorePlan {
  readonly rows: readonly RestoreRow[];
  readonly shards: readonly ShardSteps[];
  readonly records: RecordSteps;
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
  const libraries = choose(file, options.node);
  const nodes = shardsOf(link);
  const problems: string[] = [];
  const rows: RestoreRow[] = [];
  const shards = await Promise.all(
    nodes.map(async (node): Promise<ShardSteps> => {
      const held = await readAllLibraries(link, node, context);
      problems.push(...clashes(node, libraries, held));
      const steps = libraries.map((library) => ({ library, held: held.find(({ name }) => name === library.name) }));
      return { node, libraries: steps };
    }),
  );
  for (const { node, libraries } of shards) {
    for (const { library, held } of libraries) {
      rows.push({ address: node.address, library: library.name, action: actionOf(library, held) });
    }
  }
  const records = await planRecords(link, file, context);
  const replaced = [...new Set(rows.filter(({ action }) => action === 'replace').map(({ library }) => library))];
  if (!options.replace) {
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
  return { rows, shards, records, changes };
}

export function actionOf(library: ExportedLibrary, held: HeldLibrary | undefined): RestoreRow['action'] {
  if (held === undefined) return 'add';
  return held.code.equals(bytesOf(library.code)) ? 'in step' : 'replace';
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

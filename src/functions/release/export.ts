/** All functions of a cluster, whoever made them, and the records of its releases, as one file. */
import type { CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import { contentOf, type ExportedLibrary, type ExportFile, newExport } from './export-file.js';
import { recordKey } from './record.js';
import { shardsOf } from './shards.js';

/** Errors: whatever stands in the way of asking every primary. */
export async function exportFunctions(link: ClusterLink, context: CallContext): Promise<ExportFile> {
  const nodes = shardsOf(link);
  const held = await Promise.all(
    nodes.map(async (node) => ({ address: node.address, libraries: await readAllLibraries(link, node, context) })),
  );
  const records = await readRecords(link, context);
  return newExport({
    time: new Date().toISOString(),
    server: link.server,
    nodes: nodes.map(({ address }) => address),
    libraries: merge(held),
    records,
  });
}

interface Holding {
  readonly address: string;
  readonly libraries: readonly HeldLibrary[];
}

/** What is equal on several nodes stands once. */
function merge(held: readonly Holding[]): ExportedLibrary[] {
  const variants = new Map<string, { library: HeldLibrary; nodes: string[] }>();
  for (const { address, libraries } of held) {
    for (const library of libraries) {
      const key = `${library.name} ${library.code.toString('latin1')}`;
      const variant = variants.get(key) ?? { library, nodes: [] };
      variants.set(key, variant);
      variant.nodes.push(address);
    }
  }
  const merged = [...variants.values()].map(({ library, nodes }) => ({
    name: library.name,
    engine: library.engine,
    functions: library.functions,
    code: contentOf(library.code),
    ...(nodes.length < held.length && { nodes }),
  }));
  return merged.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Without the leases: who deployed at that moment is nothing to bring back. */
async function readRecords(link: ClusterLink, context: CallContext): Promise<ExportFile['records']> {
  const key = recordKey;
  const command = ['HGETALL', key];
  const flat = (await link.call({ key, command, readOnly: true, idempotent: true }, context)) as readonly Reply[];
  if (flat.length === 0) return null;
  const fields: [string, ReturnType<typeof contentOf>][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = String(flat[i]);
    if (!name.startsWith('lease:')) fields.push([name, contentOf(flat[i + 1] as Buffer)]);
  }
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return { fields: Object.fromEntries(fields) };
}

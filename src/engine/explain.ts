/** What a query would do, in words: the plan, the columns it reads, the chunks it passes over, the kernels it would run. */

import type { ClusterLink } from '../cluster/types.js';
import { type Kernel, Kernels } from '../codegen/kernel.js';
import { formatNode } from '../expr/nodes.js';
import { lowerAggregate, lowerScan } from '../plan/lower.js';
import type { Query, RowNode } from '../plan/nodes.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';

export interface ExplainOptions {
  /** Print the generated kernels too (Lua, and with `'both'` JavaScript); true by default. */
  readonly kernels?: boolean | 'both';
}

export function explainQuery(
  link: ClusterLink,
  query: Query,
  snapshot: TableSnapshot,
  options: ExplainOptions,
): string {
  const plan = query.kind === 'aggregate' ? lowerAggregate(query, snapshot) : lowerScan(query, snapshot);
  const read = plan.kind === 'fold' ? plan.spec.columns : plan.columns;
  const lines = [...steps(query), ''];
  const fromManifest = plan.kind === 'fold' && !plan.spec.filter && plan.spec.keys.length + plan.spec.args.length === 0;
  if (fromManifest) return [...lines, 'answered from the manifest: it counts the rows of every chunk'].join('\n');
  lines.push(
    `table     ${snapshot.name}, version ${snapshot.version}: ${counted(snapshot.rows, 'row')} in ${counted(snapshot.chunks.length, 'chunk')}`,
    `columns   ${read.map((index) => columnText(snapshot, index, plan.chunks)).join(', ')}`,
    `chunks    ${plan.chunks.length} read, ${snapshot.chunks.length - plan.chunks.length} pruned by their zone maps`,
    `shards    ${shares(link, plan.chunks)}`,
  );
  if (plan.kind === 'scan') {
    lines.push('computed  on the client side: rows are asked for, so the columns are pulled');
    return lines.join('\n');
  }
  const kernels = new Kernels(plan.spec, snapshot.schema);
  const uses = new Map<Kernel, number>();
  for (const chunk of plan.chunks) uses.set(kernels.of(chunk), (uses.get(kernels.of(chunk)) ?? 0) + 1);
  lines.push(`computed  in the shards: ${counted(uses.size, 'generated kernel')}, one a layout of columns`);
  if (options.kernels !== false) {
    for (const [kernel, chunks] of uses) lines.push('', ...kernelText(kernel, chunks, options.kernels === 'both'));
  }
  return lines.join('\n');
}

function steps(query: Query): string[] {
  const lines: string[] = [];
  const named = (columns: readonly { name: string; node: Parameters<typeof formatNode>[0] }[]): string =>
    columns.map(({ name, node }) => (formatNode(node) === name ? name : `${formatNode(node)} as ${name}`)).join(', ');
  const walk = (node: RowNode): void => {
    if (node.kind === 'scan') lines.push(`scan ${node.table}`);
    else {
      walk(node.input);
      lines.push(
        node.kind === 'filter' ? `filter ${formatNode(node.predicate)}` : `${node.kind} ${named(node.columns)}`,
      );
    }
  };
  walk(query.input);
  if (query.kind === 'aggregate') {
    const aggregates = query.aggregates.map(({ name, node }) => `${formatNode(node)} as ${name}`);
    const by = query.keys.length > 0 ? ` by ${named(query.keys)}` : '';
    lines.push(`aggregate ${aggregates.join(', ')}${by}`);
    if (query.sort.length > 0)
      lines.push(`sort ${query.sort.map(({ name, descending }) => `${name}${descending ? ' desc' : ''}`).join(', ')}`);
  }
  if (query.limit !== undefined) lines.push(`limit ${query.limit}`);
  return lines.map((line, i) => `${'  '.repeat(i)}${i > 0 ? '└ ' : ''}${line}`);
}

function columnText({ schema }: TableSnapshot, index: number, chunks: readonly ChunkMeta[]): string {
  const encodings = new Set(chunks.map((chunk) => (chunk.columns[index] as ColumnChunk).encoding));
  const { name, type } = schema[index] as TableSnapshot['schema'][number];
  return `${name} (${type}${encodings.size > 0 ? ` as ${[...encodings].join(', ')}` : ''})`;
}

function shares(link: ClusterLink, chunks: readonly ChunkMeta[]): string {
  const counts = new Map<string, number>();
  for (const { slot } of chunks) {
    const { address } = link.ownerOf(slot);
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return (
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([address, count]) => `${address} ${count}`)
      .join(', ') || 'none'
  );
}

function kernelText(kernel: Kernel, chunks: number, both: boolean): string[] {
  const { numbers, strings } = kernel.body.constants;
  const constants = [...numbers, ...strings.map((text) => JSON.stringify(Buffer.from(text, 'latin1').toString()))];
  return [
    `-- kernel ${kernel.sha1.slice(0, 12)}, for ${counted(chunks, 'chunk')}; constants: ${constants.join(', ') || 'none'}`,
    kernel.lua,
    ...(both ? ['', '// the same for the client side', kernel.javaScript] : []),
  ];
}

const counted = (count: number, thing: string): string =>
  `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;

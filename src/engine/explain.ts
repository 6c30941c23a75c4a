/** What a query would do, in words: the plan, the columns it reads, the chunks it passes over, the kernels it would run. */

import type { ClusterLink } from '../cluster/types.js';
import type { Constants } from '../codegen/constants.js';
import { type Kernel, Kernels } from '../codegen/kernel.js';
import { foldPlan } from '../plan/fold-plan.js';
import { formatPlan } from '../plan/format.js';
import { sidesRead } from '../plan/join-reads.js';
import { type KeysPart, pulledFold, pulledRows, scanOfKeys } from '../plan/keys/pulled.js';
import { keysSnapshot } from '../plan/keys/snapshot.js';
import { dependsOnLibm } from '../plan/libm.js';
import { lower } from '../plan/lower.js';
import type { PlanNode } from '../plan/nodes.js';
import type { FoldPart, FoldRelation, Relation, RowsRelation, Source } from '../plan/relation.js';
import { rowSpec } from '../plan/rows-spec.js';
import { type SplitFold, splitQuantiles } from '../plan/selected-quantiles.js';
import { unjoined } from '../plan/unjoined.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import { tablesIn } from '../storage/zipped.js';
import { checkOptions } from './check-options.js';
import { isRowCount } from './fold.js';
import { sideText } from './join-limits.js';
import { explainKeysFold, explainKeysScan } from './keys/explain.js';
import { openPlan } from './results/open.js';
import { computedText, rowKernels } from './scan-explain.js';

export interface ExplainOptions {
  /** Print the generated kernels too (Lua, and with `'both'` JavaScript); true by default. */
  readonly kernels?: boolean | 'both';
}

export async function explainQuery(link: ClusterLink, plan: PlanNode, options: ExplainOptions): Promise<string> {
  checkOptions(options, ['kernels']);
  const { plan: whole, tables } = await openPlan(link, plan, link.context());
  const relation = lower(whole, tables);
  const libm = dependsOnLibm(relation) ? ['', LIBM] : [];
  return [...formatPlan(whole), ...passes(link, relation, options), ...libm].join('\n');
}

const LIBM =
  'libm      the last bits of exp, ln, log2, log10, pow and of angles depend on the build of the servers, and of Node on the client side';

/** What is computed first stands first. */
function passes(link: ClusterLink, relation: Relation, options: ExplainOptions): string[] {
  const sides = sidesRead(relation).flatMap((side) => [...passes(link, side.relation, options), '', sideText(side)]);
  const own = relation.kind === 'fold' ? foldText(link, relation, options) : rowsText(link, relation, options);
  return [...sides, ...own];
}

function below(link: ClusterLink, source: Source, options: ExplainOptions): string[] {
  return source.kind === 'derived' ? passes(link, source.input, options) : [];
}

function foldText(link: ClusterLink, relation: FoldRelation, options: ExplainOptions): string[] {
  return relation.parts.flatMap((each) => {
    const { source } = each.part;
    if (source.kind === 'derived')
      return [...below(link, source, options), '', 'then      aggregated on the client side'];
    if (source.kind === 'keys') return keysFoldText(link, relation, each, options);
    const { snapshot } = source;
    const split = relation.parts.length === 1 ? splitQuantiles(relation, [snapshot]) : undefined;
    if (split)
      return [
        ...quantileText(relation, split),
        ...(split.places.length > 0 ? foldText(link, split.rest, options) : []),
      ];
    const [pass] = foldPlan({ ...relation, parts: [each] }, [snapshot]).passes;
    if (pass === undefined) return [];
    if (isRowCount(pass)) return ['', 'answered from the manifest: it counts the rows of every chunk'];
    const kernels = new Kernels(pass.spec, snapshot.schema);
    const uses = new Map<Kernel, number>();
    for (const chunk of pass.chunks) uses.set(kernels.of(chunk), (uses.get(kernels.of(chunk)) ?? 0) + 1);
    const lines = [
      ...sourceText(link, snapshot, pass.spec.columns, pass.chunks),
      `computed  in the shards: ${counted(uses.size, 'generated kernel')}, one a layout of columns`,
    ];
    if (options.kernels !== false) {
      for (const [kernel, chunks] of uses) lines.push('', ...kernelText(kernel, chunks, options.kernels === 'both'));
    }
    return lines;
  });
}

/** Joined keys, and those for aggregates of users' own, are rows that are brought here first. */
function keysFoldText(link: ClusterLink, relation: FoldRelation, each: FoldPart, options: ExplainOptions): string[] {
  const isCustom = each.aggregates.some(({ node }) => node.custom !== undefined);
  if (each.part.lookups.length > 0 || isCustom)
    return foldText(link, { ...relation, parts: [pulledFold(each, 'filtered')] }, options);
  const snapshot = keysSnapshot((each.part as KeysPart).source.keys);
  const [pass] = foldPlan({ ...relation, parts: [each] }, [snapshot], true).passes;
  return pass === undefined ? [] : explainKeysFold(snapshot, pass.spec, options.kernels !== false);
}

function quantileText({ outputs }: FoldRelation, { selected }: SplitFold): string[] {
  const names = selected.map(({ output }) => outputs[output]?.name).join(', ');
  return ['', `selected  ${names}: by passes in the shards that count the rows between splitters, until few are left`];
}

function rowsText(link: ClusterLink, relation: RowsRelation, options: ExplainOptions): string[] {
  return relation.parts.flatMap((part, i) => {
    const order = relation.order[i] ?? [];
    if (part.source.kind === 'derived') {
      const does = [
        ...(part.lookups.length > 0 ? ['joined'] : []),
        ...(part.filter ? ['filtered'] : []),
        ...(order.length > 0 ? ['sorted'] : []),
      ].join(' and ');
      return [
        ...below(link, part.source, options),
        ...(does === '' ? [] : ['', `then      ${does} on the client side`]),
      ];
    }
    if (part.source.kind === 'keys') {
      const scanned = scanOfKeys({ ...relation, parts: [part], order: [order] });
      const own = { ...relation, parts: [part], order: [order] };
      if (scanned === undefined)
        return rowsText(link, part.lookups.length > 0 ? pulledRows(own, 'filtered') : unjoined(own), options);
      return explainKeysScan(keysSnapshot(part.source.keys), part, relation.outputs, options.kernels !== false);
    }
    const { snapshot } = part.source;
    const exprs = order.map(({ expr }) => expr);
    const spec = rowSpec(part, relation.outputs, exprs, snapshot);
    const asked = { order, offset: relation.offset, count: relation.count, parts: relation.parts.length };
    const lines = [...sourceText(link, snapshot, spec.columns, spec.chunks), `computed  ${computedText(spec, asked)}`];
    // What is joined is known only when it was computed.
    if (options.kernels === false || spec.lookups !== undefined) return lines;
    for (const [{ sha1, lua, parts }, chunks] of rowKernels(spec, asked)) {
      lines.push('', kernelHead(sha1, chunks, parts.constants), lua);
    }
    return lines;
  });
}

function sourceText(
  link: ClusterLink,
  snapshot: TableSnapshot,
  columns: readonly number[],
  chunks: readonly ChunkMeta[],
): string[] {
  return [
    '',
    `table     ${tablesIn(snapshot)
      .map(({ name, version }) => `${name}, version ${version}`)
      .join(', and ')}: ${counted(snapshot.rows, 'row')} in ${counted(snapshot.chunks.length, 'chunk')}`,
    `columns   ${columns.map((index) => columnText(snapshot, index, chunks)).join(', ')}`,
    `chunks    ${chunks.length} read, ${snapshot.chunks.length - chunks.length} pruned by their zone maps`,
    `shards    ${shares(link, chunks)}`,
  ];
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
  return [
    kernelHead(kernel.sha1, chunks, kernel.body.constants),
    kernel.lua,
    ...(both ? ['', '// the same for the client side', kernel.javaScript] : []),
  ];
}

function kernelHead(
  sha1: string,
  chunks: number,
  { numbers, strings }: Pick<Constants, 'numbers' | 'strings'>,
): string {
  const constants = [...numbers, ...strings.map((text) => JSON.stringify(Buffer.from(text, 'latin1').toString()))];
  return `-- kernel ${sha1.slice(0, 12)}, for ${counted(chunks, 'chunk')}; constants: ${constants.join(', ') || 'none'}`;
}

const counted = (count: number, thing: string): string =>
  `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;

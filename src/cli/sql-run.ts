/** Runs a statement and prints what it gives: a table for people, JSON or CSV for programs. */
import type { ClusterLink } from '../cluster/types.js';
import { explainQuery } from '../engine/explain.js';
import type { CollectOptions } from '../engine/options.js';
import type { Receipt } from '../engine/receipt.js';
import { sourceOf } from '../engine/results/open.js';
import { type Columns, drain, type Output, onNewest, rowsOf } from '../engine/results/source.js';
import { csvEncoder } from '../engine/results/write/csv.js';
import type { Encoder } from '../engine/results/write/format.js';
import { ndjsonEncoder } from '../engine/results/write/ndjson.js';
import type { PlanNode } from '../plan/nodes.js';
import { type SqlParameter, sqlPlan } from '../sql/plan.js';
import { paint, print, say } from './output.js';
import { lateProgress } from './sql-progress.js';
import { type Expanded, formatRows } from './sql-table.js';
import { formatBytes, formatCount, formatCounted, formatMs } from './units.js';

export type Form = 'table' | 'json' | 'csv';

export interface RunOptions {
  readonly form: Form;
  readonly expanded: Expanded;
  /** The most rows that a table shows; undefined for all. */
  readonly maxRows: number | undefined;
  /** Say what the result accounts for. */
  readonly footer: boolean;
  readonly signal: AbortSignal;
  readonly timeout?: number | undefined;
}

const EXPLAIN = /^\s*explain\s+(?=select\b|with\b|\()/i;

/** @throws what the query throws; nothing is printed on stdout then but rows before an error that came late */
export async function runStatement(
  link: ClusterLink,
  text: string,
  parameters: readonly SqlParameter[],
  options: RunOptions,
): Promise<void> {
  if (EXPLAIN.test(text)) {
    print(await explainQuery(link, sqlPlan(text.replace(EXPLAIN, ''), parameters), { kernels: false }));
    return;
  }
  const plan = sqlPlan(text, parameters);
  const progress = lateProgress();
  const collect: CollectOptions = {
    signal: options.signal,
    ...(options.timeout !== undefined && { timeout: options.timeout }),
    onProgress: progress.update,
  };
  try {
    const work = options.form === 'table' ? printTable : printData;
    await work(link, plan, collect, { ...options, quiet: progress.stop });
  } finally {
    progress.stop();
  }
}

interface Printing extends RunOptions {
  /** Takes the line of progress away. */
  readonly quiet: () => void;
}

async function printTable(
  link: ClusterLink,
  plan: PlanNode,
  collect: CollectOptions,
  options: Printing,
): Promise<void> {
  const { maxRows = Number.POSITIVE_INFINITY, footer, quiet, expanded } = options;
  const started = performance.now();
  const { outputs, columns, receipt } = await onNewest(sourceOf(link, plan, collect), async (stream) => {
    const gathered = stream.outputs.map((): Columns[number][number][] => []);
    const receipt = await firstRows(stream.batches(), gathered, maxRows);
    return { outputs: stream.outputs, columns: gathered, receipt };
  });
  quiet();
  const rows = rowsOf(columns);
  const shown = columns.map((column) => column.slice(0, maxRows));
  if (rows > 0 || process.stdout.isTTY) print(formatRows(outputs, shown, expanded));
  if (rows === 0 && !process.stdout.isTTY) print(formatRows(outputs, shown));
  if (receipt === undefined) {
    say(
      paint(
        'dim',
        `the first ${formatCounted(rowsOf(shown), 'row')}; --max-rows shows more, LIMIT asks for fewer, --csv gives all`,
      ),
    );
  } else if (footer) say(paint('dim', footerText(rows, receipt, performance.now() - started)));
}

/** Reads on until there is a row too many. @returns undefined where the reading ended before the end */
async function firstRows(
  batches: AsyncGenerator<Columns, Receipt>,
  into: Columns[number][number][][],
  maxRows: number,
): Promise<Receipt | undefined> {
  const before = { rows: 0 };
  for (;;) {
    const step = await batches.next();
    if (step.done) return step.value;
    for (const [k, column] of step.value.entries()) for (const value of column) into[k]?.push(value);
    before.rows += rowsOf(step.value);
    if (before.rows <= maxRows) continue;
    await batches.return(undefined as never);
    return undefined;
  }
}

/** `3 rows · 47 chunks, 38 pruned · 12.7 kB received · 42 ms` */
export function footerText(rows: number, { chunks, bytesReceived }: Receipt, ms: number): string {
  const spared = chunks.pruned + chunks.notNeeded + chunks.fromManifest;
  const read = `${formatCount(chunks.computed)} of ${formatCounted(chunks.expected, 'chunk')}`;
  const parts = [
    formatCounted(rows, 'row'),
    spared === 0 ? formatCounted(chunks.expected, 'chunk') : read,
    `${formatBytes(bytesReceived)} received`,
    formatMs(ms),
  ];
  return `(${parts.join(', ')})`;
}

/** Rows as they come, so that memory stays bounded; nothing is printed before the first of them are there. */
async function printData(link: ClusterLink, plan: PlanNode, collect: CollectOptions, options: Printing): Promise<void> {
  const isJson = options.form === 'json';
  const source = sourceOf(link, plan, collect);
  const begun = await onNewest(source, async ({ outputs, batches }) => {
    const all = batches();
    return { outputs, all, first: await all.next() };
  });
  const { outputs, all, first } = begun;
  const encoder: Encoder = isJson ? ndjsonEncoder(outputs) : csvEncoder(outputs);
  options.quiet();
  await write(isJson ? jsonHead(outputs) : [...encoder.begin()].join(''));
  let rows = 0;
  const receipt = await drain(resumed(first, all), async (columns, count) => {
    for (const piece of encoder.add(columns)) await write(isJson ? jsonRows(String(piece), rows === 0) : piece);
    rows += count;
    source.context.progress();
  });
  if (isJson) await write(`${rows === 0 ? '' : '\n'}],\n"receipt":${JSON.stringify(receipt)}}\n`);
}

async function* resumed(first: IteratorResult<Columns, Receipt>, rest: AsyncGenerator<Columns, Receipt>) {
  if (first.done) return first.value;
  yield first.value;
  return yield* rest;
}

const jsonHead = (outputs: readonly Output[]): string =>
  `{"columns":${JSON.stringify(outputs.map(({ name, type }) => ({ name, type })))},\n"rows":[`;

/** Lines of NDJSON as elements of an array: line breaks in values are escaped, so that each one ends a row. */
function jsonRows(lines: string, isFirst: boolean): string {
  return `${isFirst ? '\n' : ',\n'}${lines.trimEnd().replaceAll('\n', ',\n')}`;
}

function write(piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

/** Runs a statement and prints what it gives: a table for people, JSON or CSV for programs. */
import type { ClusterLink } from '../cluster/types.js';
import { explainQuery } from '../engine/explain.js';
import type { CollectOptions } from '../engine/options.js';
import type { Receipt } from '../engine/receipt.js';
import { sourceOf } from '../engine/results/open.js';
import { type Columns, drain, type Output, onNewest, type ResultSource } from '../engine/results/source.js';
import { csvEncoder } from '../engine/results/write/csv.js';
import type { Encoder } from '../engine/results/write/format.js';
import { ndjsonEncoder } from '../engine/results/write/ndjson.js';
import type { KeyShapes } from '../sql/keys/look-up.js';
import { type SqlParameter, sqlPlan } from '../sql/plan.js';
import { print, toJsonText, write } from './output.js';
import { lateProgress } from './sql-progress.js';
import { printRows } from './sql-rows.js';
import type { Expanded } from './sql-table.js';

export type Form = 'table' | 'json' | 'csv';

export interface RunOptions {
  readonly form: Form;
  readonly expanded: Expanded;
  /** The most rows that a table shows; undefined for all. */
  readonly maxRows: number | undefined;
  /** Say what the result accounts for. */
  readonly footer: boolean;
  /** How more rows are shown, where a table does not show all. */
  readonly more: string;
  readonly signal: AbortSignal;
  readonly timeout?: number | undefined;
  /** What keys in FROM hold. */
  readonly shapes?: KeyShapes | undefined;
}

const EXPLAIN = /^\s*explain\s+(?=select\b|with\b|\(\s*(?:select\b|with\b|\())/i;

/** @throws what the query throws; nothing is printed on stdout then but rows before an error that came late */
export async function runStatement(
  link: ClusterLink,
  text: string,
  parameters: readonly SqlParameter[],
  options: RunOptions,
): Promise<void> {
  if (EXPLAIN.test(text)) {
    print(await explainQuery(link, sqlPlan(text.replace(EXPLAIN, ''), parameters, options.shapes), { kernels: false }));
    return;
  }
  const plan = sqlPlan(text, parameters, options.shapes);
  const progress = lateProgress();
  const collect: CollectOptions = {
    signal: options.signal,
    ...(options.timeout !== undefined && { timeout: options.timeout }),
    onProgress: progress.update,
  };
  try {
    const source = sourceOf(link, plan, collect);
    if (options.form === 'table') await printRows(source, { ...options, quiet: progress.quiet });
    else await printData(source, options.form, progress.quiet);
  } finally {
    progress.stop();
  }
}

/** Rows as they come, so that memory stays bounded; nothing is printed before the first of them are there. */
async function printData(source: ResultSource, form: Form, quiet: () => void): Promise<void> {
  const isJson = form === 'json';
  const begun = await onNewest(source, async ({ outputs, batches }) => {
    const all = batches();
    return { outputs, all, first: await all.next() };
  });
  const { outputs, all, first } = begun;
  const encoder: Encoder = isJson ? ndjsonEncoder(outputs) : csvEncoder(outputs);
  quiet();
  await write(isJson ? jsonHead(outputs) : [...encoder.begin()].join(''));
  let rows = 0;
  const receipt = await drain(resumed(first, all), async (columns, count) => {
    for (const piece of encoder.add(columns)) await write(isJson ? jsonRows(String(piece), rows === 0) : piece);
    rows += count;
    source.context.progress();
  });
  quiet();
  if (isJson) await write(`${rows === 0 ? '' : '\n'}],\n"receipt":${toJsonText(receipt)}}\n`);
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

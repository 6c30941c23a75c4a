/** `shardfold import --from-keys`: keys that lie in Redis, as a table. */

import type { IntoResult } from '../engine/results/into-types.js';
import { ShardfoldError } from '../errors.js';
import { Query } from '../query/query.js';
import { sqlPlan } from '../sql/plan.js';
import { openTable } from '../storage/catalog.js';
import type { WriteOptions } from '../storage/write.js';
import { printSummary } from './import-summary.js';
import { readShapes, type SchemaFlags } from './keys/schema-option.js';
import type { Session } from './link.js';
import { say } from './output.js';
import { progressBar } from './progress.js';
import { keysNotes } from './sql-footer.js';
import { formatCounted } from './units.js';

export const KEY_KINDS = ['hashes', 'strings', 'json', 'packed', 'zset', 'list', 'set', 'keys'] as const;

export interface FromKeysFlags extends SchemaFlags {
  fromKeys: string;
  kind?: (typeof KEY_KINDS)[number];
  columns?: string;
  where?: string;
}

type Target = Pick<WriteOptions, 'chunkRows' | 'alignWith' | 'appendId' | 'mode'>;

/** @param target how the table is written */
export async function importKeys(
  { link, context, signal, flags, json }: Session<FromKeysFlags>,
  table: string,
  target: Target,
): Promise<void> {
  const from = performance.now();
  const query = new Query(link, sqlPlan(statement(flags), [], await readShapes(flags)));
  const bar = progressBar({ label: `importing ${table}`, unit: 'slots' });
  let made: IntoResult;
  try {
    made = await query.into(table, {
      ...target,
      signal,
      timeout: context.timeoutMs,
      onProgress: ({ unitsDone, unitsTotal, rowsDone }) =>
        bar.update(unitsDone, unitsTotal, formatCounted(rowsDone, 'key')),
    });
  } finally {
    bar.stop();
  }
  const { rows, bytes } = made.receipt.written;
  const seconds = (performance.now() - from) / 1000;
  const isDuplicate = target.appendId !== undefined && rows === 0 && made.receipt.keys === undefined;
  const snapshot = await openTable(link, table, context);
  printSummary({ table: snapshot, written: { rows, bytes }, seconds, isDuplicate }, json);
  for (const note of keysNotes(made.receipt)) say(note);
}

/** What is imported, as it would be asked for. */
function statement({ fromKeys, kind = 'hashes', columns, where }: FromKeysFlags): string {
  const given = columns === undefined ? [] : [text(columns)];
  const name = kind === 'set' ? '"set"' : kind;
  const filter = where === undefined ? '' : ` WHERE ${where}`;
  return `SELECT * FROM ${name}(${[text(fromKeys), ...given].join(', ')})${filter}`;
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** @throws INVALID_ARGUMENT where options of files and of keys meet */
export function checkFromKeys(
  file: string | undefined,
  { fromKeys, kind, columns, where, schema }: Partial<FromKeysFlags>,
): void {
  const hint = "shardfold import trips.csv --table trips, or shardfold import --from-keys 'order:*' --table orders";
  const invalid = (message: string) => new ShardfoldError('INVALID_ARGUMENT', message, { hint });
  if (file === undefined && fromKeys === undefined) throw invalid('there is nothing to import');
  if (file !== undefined && fromKeys !== undefined) throw invalid('a file and keys are to be imported at once');
  if (fromKeys !== undefined) return;
  const stray = Object.entries({ kind, columns, where, schema }).find(([, value]) => value !== undefined);
  if (stray) throw invalid(`--${stray[0]} goes with --from-keys`);
}

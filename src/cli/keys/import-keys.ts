/** `shardfold import --from-keys`: the rows of keys as a table. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { KeyKind } from '../../plan/keys/source.js';
import { Query } from '../../query/query.js';
import type { SqlParameter } from '../../sql/env.js';
import { inSql } from '../../sql/hints.js';
import { sqlPlan } from '../../sql/plan.js';
import { openTable } from '../../storage/catalog.js';
import { printSummary } from '../import-summary.js';
import type { Session } from '../link.js';
import { paint, say } from '../output.js';
import { keysNotes } from '../sql-footer.js';
import { lateProgress } from '../sql-progress.js';
import { readShapes, type SchemaFlags, schemaOption } from './schema-option.js';

const KINDS = [
  'hashes',
  'json',
  'strings',
  'list',
  'packed',
  'zset',
  'set',
  'keys',
] as const satisfies readonly KeyKind[];

export interface ImportKeysFlags extends SchemaFlags {
  fromKeys?: string;
  kind?: KeyKind;
  /** As the second argument of hashes(…) in SQL. */
  columns?: string;
}

/** What of the other options goes with keys, too. */
export interface TargetFlags {
  table: string;
  append?: boolean;
  replace?: boolean;
  chunkRows?: number;
  alignWith?: string;
  appendId?: string;
}

export function keysOptions(command: Command): Command {
  return schemaOption(
    command
      .addOption(new Option('--from-keys <pattern>', "instead of a file: the keys that match, such as 'order:*'"))
      .addOption(new Option('--kind <kind>', 'with --from-keys: what the keys are (default: "hashes")').choices(KINDS))
      .addOption(
        new Option(
          '--columns <columns>',
          "with --from-keys: what they hold, as 'price float64, region utf8'; else by --schema, else by a sample",
        ).conflicts('schema'),
      ),
  );
}

/** Names of kinds come from a list of ours; all else is a parameter. */
export async function importKeys(pattern: string, session: Session<ImportKeysFlags & TargetFlags>): Promise<void> {
  const { link, context, signal, flags, json } = session;
  const { table, kind = 'hashes', columns, timeout } = flags;
  const parameters: SqlParameter[] = columns === undefined ? [pattern] : [pattern, columns];
  const text = `SELECT * FROM ${kind}(${parameters.map((_, i) => `$${i + 1}`).join(', ')})`;
  const query = new Query(link, sqlPlan(text, parameters, await readShapes(flags)));
  const before = flags.append ? await openTable(link, table, context) : undefined;
  const from = performance.now();
  const progress = lateProgress();
  try {
    const { receipt, version } = await query.into(table, {
      ...targetOf(flags),
      signal,
      onProgress: progress.update,
      ...(timeout !== undefined && { timeout }),
    });
    progress.stop();
    const seconds = (performance.now() - from) / 1000;
    context.progress();
    const after = await openTable(link, table, context);
    printSummary({ table: after, written: receipt.written, seconds, isDuplicate: before?.version === version }, json);
    for (const note of keysNotes(receipt)) say(paint('yellow', note));
  } catch (error) {
    throw inSql(error);
  } finally {
    progress.stop();
  }
}

/** How the table is written, of files as of keys. */
export function targetOf({ append, replace, chunkRows, alignWith, appendId }: TargetFlags) {
  return {
    mode: append ? ('append' as const) : replace ? ('replace' as const) : ('create' as const),
    ...(chunkRows !== undefined && { chunkRows }),
    ...(alignWith !== undefined && { alignWith }),
    ...(appendId !== undefined && { appendId }),
  };
}

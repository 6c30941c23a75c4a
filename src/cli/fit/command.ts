/** What the ways of `shardfold fit` have in common: the rows, progress, what is printed, and --save. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Progress } from '../../engine/options.js';
import { checkFree, type Model } from '../../models/saved.js';
import type { Query } from '../../query/query.js';
import { Shardfold } from '../../shardfold.js';
import { interruptible } from '../interrupted.js';
import { withLink } from '../link.js';
import { columnNames, connectionOptions } from '../options.js';
import { print, printJson, say } from '../output.js';
import { lateProgress } from '../sql-progress.js';
import { oneLine } from '../table.js';

export interface FitFlags {
  x: string[];
  where?: string;
  nulls?: 'drop' | 'error';
  save?: string;
}

/** How the passes are run. */
export interface FitRun {
  readonly timeout?: number;
  readonly signal: AbortSignal;
  readonly nulls?: 'drop' | 'error';
  readonly onProgress: (progress: Progress) => void;
}

export interface FitWay<Flags> {
  readonly name: string;
  readonly summary: string;
  readonly examples: string;
  /** Adds the options of its own. */
  options(command: Command): Command;
  fit(sf: Shardfold, rows: Query, flags: FitFlags & Flags, run: FitRun): Promise<Model>;
}

const EXIT_CODES = `
Rows are those of a table; --where takes a condition in SQL. Nothing but the model goes to stdout: a summary, or with --json one line.

Exit codes: 0 fitted, 1 failed (wrong usage, columns that are none, coefficients that do not settle), 130 interrupted.`;

export function registerWay<Flags>(fit: Command, way: FitWay<Flags>): void {
  const command = fit
    .command(way.name)
    .summary(way.summary)
    .description(`${way.summary[0]?.toUpperCase()}${way.summary.slice(1)}.`)
    .argument('<table>', 'the table')
    .requiredOption('--x <columns>', 'the columns that it is of: a,b; may be repeated', columnNames)
    .option('--where <condition>', "only the rows for which it holds, as in SQL: 'delay > 0'")
    .addOption(new Option('--nulls <rule>', 'rows with a null: left out, or an error').choices(['drop', 'error']))
    .option('--save <name>', 'keep the model in the cluster, as loadModel(name) finds it');
  way.options(command).addHelpText('after', `\nExamples:\n${way.examples}\n${EXIT_CODES}`);
  connectionOptions(command).action((table: string) =>
    withLink<FitFlags & Flags>(command, async ({ link, context, signal, flags, json }) => {
      const sf = new Shardfold(link);
      const { timeout, nulls, where, save } = flags;
      const progress = lateProgress();
      const limits = { signal, ...(timeout !== undefined && { timeout }) };
      const run: FitRun = { ...limits, ...(nulls !== undefined && { nulls }), onProgress: progress.update };
      await interruptible(signal, { what: 'no model was fitted' }, async () => {
        try {
          // Found before the work, not after it.
          if (save !== undefined) await checkFree(link, save, context);
          const model = await way.fit(sf, rowsOf(sf, table, where), flags, run);
          if (save !== undefined) await sf.saveModel(save, model, limits);
          progress.stop();
          if (json) printJson(model);
          else print(`${model}`);
          if (save !== undefined) say(`saved as ${oneLine(save)}`);
        } finally {
          progress.stop();
        }
      });
    }),
  );
}

function rowsOf(sf: Shardfold, table: string, where: string | undefined): Query {
  if (where === undefined) return sf.table(table);
  // A comment in the condition must not swallow the bracket.
  return sf.sql(`SELECT * FROM "${table.replaceAll('"', '""')}" WHERE (${where}\n)`);
}

/** A number from 0 on, for commander's `argParser`. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError('A number is needed, 0 or more.');
}

import { type Command, Option } from 'commander';
import { WRITE_FORMATS } from '../engine/results/write/format.js';
import { exportToFile } from './export-functions.js';
import { exportRows, type RowsFlags } from './export-rows.js';
import { interruptible } from './interrupted.js';
import { columnNames } from './options.js';
import { projectOptions, withOptionalProject } from './project.js';

const EXAMPLES = `
Examples:
  $ shardfold export trips.parquet --table trips
  $ shardfold export delays.csv.gz --table trips --columns origin,delay
  $ shardfold export - --table trips --format ndjson | jq .delay
  $ shardfold export late.csv --sql "SELECT origin, delay FROM trips WHERE delay > 60 ORDER BY delay DESC"
  $ shardfold export backup.json
  $ shardfold export backup.json --env production && shardfold restore backup.json --env staging

With --table or --sql: the rows, in a stream. Parquet (.parquet) and Arrow (.arrow, .arrows for a stream) keep all types; CSV (.csv) and
NDJSON (.ndjson) write times as ISO texts, and may end in .gz. In CSV null is an empty field and an empty text "": import it
with --empty-text. The file is there only when it is whole. Writing Arrow needs apache-arrow.

Without: all libraries of all primaries, also those that Shardfold did not make, and the records of releases, as one JSON file.
Where nodes differ the file says which node held what. Keys are no part of it.

Exit codes: 0 written, 1 failed (a shard that cannot be asked fails it all), 130 interrupted.`;

export function register(program: Command): void {
  const command = program
    .command('export')
    .summary('write a table, a query, or all functions of a cluster, to a file')
    .description(
      'Writes the rows of a table or of a query to a file. Without --table and --sql: all functions of a cluster, and its releases.',
    )
    .argument('<file>', 'where to; - for stdout')
    .option('--table <name>', 'the table whose rows to write')
    .addOption(new Option('--sql <query>', 'the query whose rows to write').conflicts(['table', 'columns']))
    .addOption(
      new Option('--schema <file>', 'with --sql: what keys in FROM hold, as "shardfold schema --json" prints it'),
    )
    .option('--columns <names>', 'only these columns, in this order: a,b; may be repeated', columnNames)
    .addOption(new Option('--format <format>', 'the format, where the extension does not tell').choices(WRITE_FORMATS))
    .addHelpText('after', EXAMPLES);
  projectOptions(command).action((path: string) =>
    withOptionalProject<RowsFlags>(command, async (session) => {
      const { table, sql, columns, format, schema } = session.flags;
      if (schema !== undefined && sql === undefined) command.error("error: option '--schema' goes with --sql");
      if (table !== undefined || sql !== undefined) {
        if (path === '-' && format === undefined) command.error("error: stdout needs option '--format'");
        const what = path === '-' ? 'what was written is not all of it' : 'nothing was written';
        return interruptible(session.signal, { what }, () => exportRows(path, session));
      }
      if (columns) command.error("error: option '--columns' goes with --table");
      if (format) command.error("error: option '--format' goes with --table or --sql");
      await interruptible(session.signal, { what: 'nothing was written' }, () => exportToFile(path, session));
    }),
  );
}

import { type Command, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import { interruptible } from './interrupted.js';
import { readShapes } from './keys/schema-option.js';
import { withLink } from './link.js';
import { connectionOptions, wholeNumber } from './options.js';
import { runCommandAlone } from './sql-commands.js';
import { type InputFlags, inputOptions, readStatement } from './sql-input.js';
import { sqlPrompt } from './sql-prompt.js';
import { type Form, runStatement } from './sql-run.js';

const EXAMPLES = `
Examples:
  $ shardfold sql "SELECT origin, count(*) FROM flights GROUP BY origin ORDER BY 2 DESC LIMIT 5"
  $ shardfold sql 'SELECT avg(delay) FROM flights WHERE origin = $1 AND delay > $2' -p JFK -p 10
  $ shardfold sql --csv 'SELECT * FROM flights' | gzip > flights.csv.gz
  $ shardfold sql --json --file report.sql | jq .rows
  $ shardfold sql "SELECT region, sum(price) FROM hashes('order:*', 'price float64, region text') GROUP BY region"
  $ shardfold sql                     a prompt, with history; \\? there says what it knows

PostgreSQL's dialect, as far as docs/sql.md says; values mean what they mean in DuckDB. Nothing but the result goes to stdout.
JSON: {"columns":[{"name","type"}],"rows":[{…}],"receipt":{…}}. Numbers have all their digits in JSON and CSV, times are ISO texts.

Exit codes: 0 done, 1 failed or wrong usage, 130 interrupted.`;

interface SqlFlags extends InputFlags {
  csv?: boolean;
  expanded?: boolean;
  maxRows?: number;
}

/** So many rows are shown on a terminal; in a pipe, all. */
const SHOWN_ROWS = 1000;

export function register(program: Command): void {
  const command = program
    .command('sql')
    .summary('run a query in SQL; without one, a prompt')
    .description('Runs a SELECT and prints its rows. Without a statement, on a terminal, it is a prompt.')
    .addHelpText('after', EXAMPLES);
  inputOptions(command)
    .addOption(new Option('--csv', 'print CSV').conflicts(['json', 'expanded']))
    .addOption(new Option('-x, --expanded', 'a line a value').conflicts('json'))
    .addOption(
      new Option('--max-rows <count>', `rows that a table shows; ${SHOWN_ROWS} on a terminal, all in a pipe`).argParser(
        wholeNumber(1),
      ),
    );
  connectionOptions(command).action(async (given: string | undefined) => {
    const text = await readStatement(given, command.opts<SqlFlags>());
    const shapes = await readShapes(command.opts<SqlFlags>());
    await withLink<SqlFlags>(command, async ({ link, signal, flags, json }) => {
      const { csv, expanded, maxRows, param = [], timeout } = flags;
      const form: Form = json ? 'json' : csv ? 'csv' : 'table';
      const isTerminal = process.stdout.isTTY === true;
      const shown = maxRows ?? (isTerminal ? SHOWN_ROWS : undefined);
      const more = '--max-rows shows more, LIMIT asks for fewer, --csv gives all';
      const options = { form, maxRows: shown, footer: true, more, signal, timeout, shapes };
      if (text !== undefined) {
        const look = { ...options, expanded: expanded ? 'on' : isTerminal ? 'auto' : 'off' } as const;
        const work = text.trimStart().startsWith('\\')
          ? () => runCommandAlone(text.trim(), link, signal)
          : () => runStatement(link, text, param, look);
        await interruptible(signal, { what: 'the result is not whole' }, work);
        return;
      }
      if (form !== 'table' || param.length > 0) {
        const hint = `shardfold sql "SELECT …" --${form === 'table' ? 'param 10' : form}`;
        throw new ShardfoldError('INVALID_ARGUMENT', 'there is no statement', { hint });
      }
      const inside = '\\rows N shows more, LIMIT asks for fewer';
      await sqlPrompt(link, { ...options, more: inside, expanded: expanded ? 'on' : 'auto' });
    });
  });
}

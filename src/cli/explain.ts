import type { Command } from 'commander';
import { explainQuery } from '../engine/explain.js';
import { ShardfoldError } from '../errors.js';
import { sqlPlan } from '../sql/plan.js';
import { readShapes } from './keys/schema-option.js';
import { withLink } from './link.js';
import { connectionOptions } from './options.js';
import { print, printJson } from './output.js';
import { type InputFlags, inputOptions, readStatement } from './sql-input.js';
import { plainText } from './table.js';

const EXAMPLES = `
Examples:
  $ shardfold explain "SELECT origin, avg(delay) FROM flights WHERE date >= '2001-06-01' GROUP BY origin"
  $ shardfold explain --kernels 'SELECT sum(delay) FROM flights WHERE origin = $1' -p JFK

The steps, the columns that are read, the chunks that zone maps rule out, and the shards that compute. Nothing is run.

Exit codes: 0 printed, 1 failed or wrong usage.`;

interface ExplainFlags extends InputFlags {
  kernels?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('explain')
    .summary('show what a query in SQL would do')
    .description('Shows what a query would do, without running it.')
    .addHelpText('after', EXAMPLES);
  inputOptions(command).option('--kernels', 'print the generated Lua as well');
  connectionOptions(command).action(async (given: string | undefined) => {
    const text = await readStatement(given, command.opts<ExplainFlags>());
    if (text === undefined) {
      throw new ShardfoldError('INVALID_ARGUMENT', 'there is no statement', { hint: 'shardfold explain "SELECT …"' });
    }
    const shapes = await readShapes(command.opts<ExplainFlags>());
    await withLink<ExplainFlags>(command, async ({ link, flags, json }) => {
      const { kernels = false, param = [] } = flags;
      const plan = await explainQuery(link, sqlPlan(text, param, shapes), { kernels });
      if (json) printJson({ plan });
      else print(plainText(plan));
    });
  });
}

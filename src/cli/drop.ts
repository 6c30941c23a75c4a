import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { ShardfoldError } from '../errors.js';
import { dropTable, listTables } from '../storage/catalog.js';
import { withLink } from './link.js';
import { connectionOptions } from './options.js';
import { printJson, say } from './output.js';
import { canAsk } from './prompt.js';
import { formatCount } from './units.js';

interface DropFlags {
  yes?: boolean;
}

const EXAMPLES = `
Examples:
  $ shardfold drop trips
  $ shardfold drop trips --yes     without asking, for scripts`;

export function register(program: Command): void {
  const command = program
    .command('drop')
    .summary('delete a table')
    .description('Deletes a table with all of its data, at once; who reads it gets TABLE_NOT_FOUND.')
    .argument('<table>', 'its name')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', EXAMPLES);
  connectionOptions(command).action((name: string) =>
    withLink<DropFlags>(command, async ({ link, context, signal, flags, json }) => {
      if (!flags.yes && !(await confirm(await question(name, () => listTables(link, context)), signal))) {
        throw new ShardfoldError('ABORTED', 'nothing was dropped');
      }
      context.progress();
      await dropTable(link, name, context);
      if (json) printJson({ dropped: name });
      else say(`dropped ${name}`);
    }),
  );
}

async function question(name: string, list: () => ReturnType<typeof listTables>): Promise<string> {
  const table = (await list()).find((info) => info.name === name);
  return `Drop table "${name}"${table ? ` with its ${formatCount(table.rows)} rows` : ''}? [y/N] `;
}

/** True where somebody said yes. @throws INVALID_ARGUMENT where nobody can be asked */
async function confirm(text: string, signal: AbortSignal): Promise<boolean> {
  if (!canAsk()) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'there is no terminal to ask on', {
      hint: '--yes drops without asking',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(text, { signal })).trim());
  } finally {
    lines.close();
  }
}

import type { Command } from 'commander';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { dropTable, listTables, lookUp, tableNotFound } from '../storage/catalog.js';
import { withLink } from './link.js';
import { matrixText } from './matrix-text.js';
import { connectionOptions } from './options.js';
import { printJson, say } from './output.js';
import { confirm } from './prompt.js';
import { formatCounted } from './units.js';

interface DropFlags {
  yes?: boolean;
}

const EXAMPLES = `
Examples:
  $ shardfold drop trips
  $ shardfold drop trips --yes     without asking, for scripts

Exit codes: 0 dropped, 1 failed or the answer was no, 130 interrupted.`;

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
      if (!flags.yes) await confirm(await question(name, link, context), { signal, otherwise: 'nothing was dropped' });
      context.progress();
      await dropTable(link, name, context);
      if (json) printJson({ dropped: name });
      else say(`dropped ${name}`);
    }),
  );
}

/** @throws TABLE_NOT_FOUND: nobody is asked about a table that is not there */
async function question(name: string, link: ClusterLink, context: CallContext): Promise<string> {
  const table = (await listTables(link, context)).find((info) => info.name === name);
  // The catalog may hold one that is not listed, and which can be dropped all the same.
  if (!table && (await lookUp(link, name, context)) === undefined) throw await tableNotFound(link, name, context);
  if (table?.matrix) return `Drop "${name}", a ${matrixText(table.matrix)}?`;
  return `Drop table "${name}"${table ? ` with its ${formatCounted(table.rows, 'row')}` : ''}?`;
}

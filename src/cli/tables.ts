import type { Command } from 'commander';
import { listTables } from '../storage/catalog.js';
import { withLink } from './link.js';
import { matrixText } from './matrix-text.js';
import { connectionOptions } from './options.js';
import { print, printJson, say } from './output.js';
import { formatTable } from './table.js';
import { formatBytes, formatCount } from './units.js';

const EXAMPLES = `
Examples:
  $ shardfold tables
  $ shardfold tables --json | jq -r '.[].name'

What is stored are the values themselves; the servers need about 1 % more for a table of full chunks.`;

export function register(program: Command): void {
  const command = program
    .command('tables')
    .summary('list tables')
    .description('Lists all tables with their size.')
    .addHelpText('after', EXAMPLES);
  connectionOptions(command).action(() => withLink(command, tables));
}

async function tables({ link, context, json }: Parameters<Parameters<typeof withLink>[1]>[0]): Promise<void> {
  const list = await listTables(link, context);
  if (json) {
    printJson(list);
    return;
  }
  if (list.length === 0) {
    say(`no tables under the prefix "${link.prefix}"`);
    return;
  }
  const titles = ['name', 'rows', 'chunks', 'columns', 'stored', 'bytes/row', 'version'];
  const isAnyMatrix = list.some(({ matrix }) => matrix !== undefined);
  const lines = list.map(({ name, chunks, storedBytes, version, matrix, ...table }) => {
    const [rows, columns] = matrix?.shape ?? [table.rows, table.columns];
    return [
      name,
      formatCount(rows),
      formatCount(chunks),
      columns,
      formatBytes(storedBytes),
      rows === 0 ? null : (storedBytes / rows).toFixed(1),
      version,
      ...(isAnyMatrix ? [matrix && matrixText(matrix)] : []),
    ];
  });
  print(formatTable([...titles, ...(isAnyMatrix ? ['kind'] : [])], lines, { right: titles.slice(1) }));
}

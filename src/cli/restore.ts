import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ShardfoldError } from '../errors.js';
import { type ExportFile, parseExport } from '../functions/release/export-file.js';
import { restoreFunctions } from '../functions/release/restore.js';
import { planRestore, type RestorePlan, type RestoreRow } from '../functions/release/restore-plan.js';
import { paint, print, printJson, say } from './output.js';
import { confirm, projectOptions, withOptionalProject } from './project.js';
import { whoActs } from './release-output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

interface RestoreFlags {
  replace?: boolean;
  node?: string;
}

const EXAMPLES = `
Examples:
  $ shardfold restore backup.json             shows what it would do, and asks
  $ shardfold restore backup.json --yes       without asking, for scripts
  $ gunzip < backup.json.gz | shardfold restore - --yes --replace
  $ shardfold restore backup.json --node 10.0.0.5:6379    where the file's nodes differ: what that one held

Every shard gets every library of the file, and the records of its releases come back. Libraries that the file does not have
stay. Where one shard refuses, all get back what they held before.

Exit codes: 0 restored, or nothing to do; 1 refused or failed, and nothing changed.`;

export function register(program: Command): void {
  const command = program
    .command('restore')
    .summary('bring the functions of a file back')
    .description('Loads the functions of an exported file into every shard, and brings its release records back.')
    .argument('<file>', 'what "shardfold export" wrote; - for stdin')
    .option('--replace', 'replace libraries of the same names, and records of the same projects')
    .option('--node <address>', 'where the nodes in the file differ: take what this one held')
    .addHelpText('after', EXAMPLES);
  projectOptions(command).action(async (path: string) => {
    const file = parseExport(await read(path), path === '-' ? 'stdin' : path);
    await withOptionalProject<RestoreFlags>(command, async ({ link, context, signal, flags, json }) => {
      const { replace = false, node } = flags;
      const plan = await planRestore(link, file, { replace, ...(node !== undefined && { node }) }, context);
      if (!json) show(file, plan);
      if (!plan.changes) {
        if (json) printJson({ restored: false, rows: plan.rows, records: plan.records.action });
        else say(paint('green', 'nothing to do: every shard holds all of it'));
        return;
      }
      const question = `Restore this to ${formatCounted(plan.nodes.length, 'shard')}?`;
      await confirm(question, { yes: flags.yes, signal, otherwise: 'nothing was restored' });
      context.progress();
      await restoreFunctions(link, plan, whoActs(undefined), context);
      if (json) printJson({ restored: true, rows: plan.rows, records: plan.records.action });
      else say(paint('green', 'restored, and read back from every shard'));
    });
  });
}

async function read(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new ShardfoldError('FILE_UNREADABLE', `${path} cannot be read: ${cause.message}`, { cause });
  });
}

function show(file: ExportFile, { rows, records, nodes }: RestorePlan): void {
  const names = [...new Set(rows.map(({ library }) => library))];
  const where = (name: string, action: RestoreRow['action']): string => {
    const at = rows.filter((row) => row.library === name && row.action === action).map(({ address }) => address);
    if (at.length === 0) return '';
    return at.length === nodes.length ? `all ${at.length} shards` : at.join(', ');
  };
  const cells = names.map((name) => [name, where(name, 'add'), where(name, 'replace'), where(name, 'in step')]);
  say(`${file.nodes.length === 1 ? 'a shard' : `${file.nodes.length} shards`} of ${file.server}, written ${file.time}`);
  if (cells.length > 0) print(formatTable(['library', 'add to', 'replace on', 'in step on'], cells, { empty: '-' }));
  if (records.action === 'none') return;
  print(`${formatCounted(records.releases, 'release record')}: ${records.action}`);
}

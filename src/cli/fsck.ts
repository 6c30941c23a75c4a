import type { Command } from 'commander';
import { type Finding, type FsckReport, fsck } from '../storage/fsck.js';
import { withLink } from './link.js';
import { connectionOptions } from './options.js';
import { ExitCode, paint, print, printJson, say } from './output.js';
import { progressBar } from './progress.js';
import { formatBytes, formatCounted } from './units.js';

interface FsckFlags {
  repair?: boolean;
}

/** Something was found that is not mended. */
const EXIT_FINDINGS = 2;

const EXAMPLES = `
Examples:
  $ shardfold fsck
  $ shardfold fsck --repair     delete what dead writers left, and old versions
  $ shardfold fsck --json       the whole report, for programs

Every key is read and its checksum computed in its shard, about a millisecond a call; no data travels. What is lost of a
table stays lost: import it again, or restore the servers. Running writers are never disturbed.

Exit codes: 0 clean, or all mended; 2 something is lost or left over; 1 the check itself failed.`;

export function register(program: Command): void {
  const command = program
    .command('fsck')
    .summary('check that all data is there, and nothing else')
    .description('Checks every key of every table, and looks for keys that nobody needs.')
    .option('--repair', 'delete what nobody needs, and list again what the catalog lost')
    .addHelpText('after', EXAMPLES);
  connectionOptions(command).action(() =>
    withLink<FsckFlags>(command, async ({ link, context, flags, json }) => {
      const bar = progressBar({ label: 'checking', unit: 'chunks' });
      const onProgress = ({ chunks }: { chunks: number }) => bar.update(chunks);
      const report = await fsck(link, { repair: flags.repair === true, onProgress }, context).finally(() => bar.stop());
      if (json) printJson(report);
      else show(report);
      if (report.findings.some(({ repaired }) => !repaired)) throw new ExitCode(EXIT_FINDINGS);
    }),
  );
}

const LOSSES = new Set<Finding['code']>(['DATA_LOSS', 'CORRUPT_MANIFEST']);

function show({ tables, chunks, keys, bytes, findings, replaced, deleted }: FsckReport): void {
  for (const { code, message, repaired } of findings) {
    const colour = repaired ? 'green' : LOSSES.has(code) ? 'red' : 'yellow';
    print(`${paint(colour, code, process.stdout)}  ${message}${repaired ? '  (mended)' : ''}`);
  }
  const looked = `${formatCounted(tables, 'table')}, ${formatCounted(chunks, 'chunk')}, ${formatCounted(keys, 'key')}, ${formatBytes(bytes)}`;
  const gone = deleted > 0 ? `; ${formatCounted(deleted, 'key')} deleted` : '';
  print(
    findings.length === 0
      ? `clean: ${looked}${gone}`
      : `${formatCounted(findings.length, 'finding')}; ${looked}${gone}`,
  );
  if (replaced > 0) {
    const what = `${formatCounted(replaced, 'key')} of versions that were replaced`;
    print(`${what}: kept for their readers; --repair deletes them five minutes after they were replaced`);
  }
  const open = findings.filter(({ repaired }) => !repaired);
  if (open.some(({ code }) => !LOSSES.has(code))) say('hint: shardfold fsck --repair deletes what is left over');
  if (open.some(({ code }) => LOSSES.has(code)))
    say('hint: import the tables again, or restore the servers from a backup');
}

import { Command } from 'commander';
import { version } from '../../package.json';
import { register as build } from './build.js';
import { register as call } from './call.js';
import { register as deleteKeys } from './delete.js';
import { register as deploy } from './deploy.js';
import { register as dev } from './dev.js';
import { register as diff } from './diff.js';
import { register as doctor } from './doctor.js';
import { register as drop } from './drop.js';
import { register as expire } from './expire.js';
import { register as explain } from './explain.js';
import { register as exportFunctions } from './export.js';
import { register as fit } from './fit.js';
import { register as fsck } from './fsck.js';
import { register as importFile } from './import.js';
import { register as init } from './init.js';
import { register as keys } from './keys.js';
import { report } from './output.js';
import { register as plan } from './plan.js';
import { register as prune } from './prune.js';
import { register as releases } from './releases.js';
import { register as restore } from './restore.js';
import { register as rollback } from './rollback.js';
import { register as schema } from './schema.js';
import { register as sql } from './sql.js';
import { register as status } from './status.js';
import { register as tables } from './tables.js';
import { register as update } from './update.js';

/** One line a command; each lives in the file of its name. */
const COMMANDS = [
  ...[dev, doctor, init, build, plan, deploy, status, releases, rollback, diff, prune, call, exportFunctions, restore],
  ...[importFile, tables, sql, explain, fit, drop, fsck],
  ...[keys, schema, update, deleteKeys, expire],
];

const EXAMPLES = `
Examples:
  $ shardfold dev                                  a local cluster, until Ctrl-C
  $ shardfold deploy --url redis://10.0.0.5:6379   the functions, on every shard
  $ shardfold import trips.parquet --table trips   a file, as a table
  $ shardfold tables --json
  $ shardfold sql "SELECT count(*) FROM trips"

Exit codes: 0 done, 1 failed or wrong usage, 130 interrupted.`;

function commandLine(): Command {
  const program = new Command('shardfold')
    .description('Folds data where it lives: partial reductions inside every shard of a Redis or Valkey cluster.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EXAMPLES);
  for (const register of COMMANDS) register(program);
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    for (const below of command.commands) below.exitOverride();
  }
  return program;
}

// `shardfold tables | head -1` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Who started `shardfold dev` in the background may listen no more when it is stopped; nothing depends on what is said.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await commandLine().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

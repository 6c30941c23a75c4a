import { type Command, Option } from 'commander';
import { buildProject } from '../functions/build/build.js';
import { loadConfig, type ProjectConfig } from '../functions/build/config.js';
import { type Emitted, emitProject } from '../functions/build/emit.js';
import { findEnvironment, resolveEnvironment } from '../functions/build/environment.js';
import type { BuiltProject } from '../functions/built.js';
import { paint, print, printJson, say } from './output.js';
import { configOption } from './project.js';
import { formatTable } from './table.js';
import { formatBytes, formatCounted } from './units.js';

interface BuildFlags {
  config?: string;
  env?: string;
  json?: boolean;
  emit: boolean;
}

const EXAMPLES = `
Examples:
  $ shardfold build                       libraries and bindings of this project
  $ shardfold build --no-emit             only look whether it can be built, as for CI
  $ shardfold build --json

Talks to no server. The bindings are generated/<library>.mjs with its types (outDir in the configuration names another folder):
  import { leaderboard } from './generated/leaderboard.mjs';
  const fns = sf.functions(leaderboard);
The same sources give the same bytes, so a second build writes nothing.

Exit codes: 0 built, 1 failed: every problem is shown with file and line.`;

export function register(program: Command): void {
  configOption(program.command('build'))
    .summary('bundle the functions of a project and write their bindings')
    .description('Bundles the libraries of a project, checks what servers would refuse, and writes typed bindings.')
    .option('--env <name>', 'also see whether this environment is there and its variables are set')
    .option('--no-emit', 'write no bindings')
    .option('--json', 'print JSON instead of text')
    // All commands about a project can be called with the same flags; these two mean nothing here.
    .addOption(new Option('--url <url>').hideHelp())
    .addOption(new Option('-y, --yes').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action((flags: BuildFlags) => build(flags));
}

const NOTHING: Emitted = { files: [], removed: [] };

async function build({ config: file, env, json, emit }: BuildFlags): Promise<void> {
  const config = await loadConfig(process.cwd(), file);
  const environment = env === undefined ? undefined : findEnvironment(config, env);
  if (environment) resolveEnvironment(environment);
  const built = await buildProject(config);
  const emitted = emit ? await emitProject(config, built) : NOTHING;
  if (json) return printJson(buildJson(config, built, emitted));
  print(formatTable(['library', 'hash', 'functions', 'size', 'bindings'], rowsOf(built, emitted)));
  for (const gone of emitted.removed) say(`removed ${gone}: there is no such library any more`);
  const functions = built.libraries.reduce((sum, { specs }) => sum + Object.keys(specs).length, 0);
  say(
    paint(
      'green',
      `${built.project} ${built.hash}: ${formatCounted(functions, 'function')} of ${shownLibraries(built)}`,
    ),
  );
}

const shownLibraries = ({ libraries }: BuiltProject): string =>
  libraries.length === 1 ? '1 library' : `${libraries.length} libraries`;

function rowsOf({ libraries, alias }: BuiltProject, { files }: Emitted) {
  const rows = libraries.map(({ source, hash, specs, code }) => {
    const own = files.filter(({ library }) => library === source);
    const [module] = own;
    const state = own.some(({ written }) => written) ? 'written' : 'unchanged';
    return [source, hash, Object.keys(specs).length, sizeOf(code), module ? `${module.file} (${state})` : '-'];
  });
  if (alias) {
    const stable = alias.functions.filter(({ name }) => name !== 'warm').length;
    rows.push([`${alias.name} (stable names)`, alias.hash, stable, sizeOf(alias.code), '-']);
  }
  return rows;
}

const sizeOf = (code: string): string => formatBytes(Buffer.byteLength(code));

function buildJson({ file }: ProjectConfig, { project, hash, libraries, alias }: BuiltProject, emitted: Emitted) {
  return {
    project,
    hash,
    config: file,
    libraries: libraries.map(({ source, name, hash, specs, code }) => ({
      source,
      name,
      hash,
      bytes: Buffer.byteLength(code),
      functions: Object.values(specs),
    })),
    alias: alias && { name: alias.name, hash: alias.hash, bytes: Buffer.byteLength(alias.code) },
    files: emitted.files,
    removed: emitted.removed,
  };
}

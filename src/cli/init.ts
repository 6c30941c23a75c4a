import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { DEPENDENCIES, DEV_DEPENDENCIES } from './init/files.js';
import { type Written, writeExample } from './init/write.js';
import { paint, print, printJson, say } from './output.js';
import { formatTable } from './table.js';

const EXAMPLES = `
Examples:
  $ shardfold init                an example project in this folder
  $ shardfold init my-functions   in a folder of that name, made where it is missing

Writes a Lua library, a TypeScript library, shardfold.config.ts, an app that calls both, and package.json where there is none.
No file is overwritten: where one is in the way, all such are named and nothing is written. .gitignore gets a line more.

Exit codes: 0 written, 1 failed and nothing was written.`;

export function register(program: Command): void {
  program
    .command('init')
    .summary('make an example project with functions')
    .description('Writes a small project that works: functions in Lua and TypeScript, and an app that calls them.')
    .argument('[dir]', 'the folder', '.')
    .option('--json', 'print JSON instead of text')
    // It asks nothing; scripts that say it anyway are right.
    .addOption(new Option('-y, --yes').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action((dir: string, flags: { json?: boolean }) => init(dir, flags));
}

const MEANING: Readonly<Record<string, string>> = {
  'shardfold.config.ts': 'names libraries and environments',
  'functions/leaderboard/scores.lua': 'a library in Lua',
  'functions/leaderboard/names.lua': 'a module that it requires',
  'functions/cart/cart.ts': 'a library in TypeScript',
  'functions/cart/tsconfig.json': 'types of redis.call for the editor',
  'app.mjs': 'calls both',
  'package.json': 'dependencies and scripts',
  '.gitignore': 'node_modules/ and generated/',
};

async function init(folder: string, { json }: { json?: boolean }): Promise<void> {
  const written = await writeExample(folder);
  if (json) return printJson(written);
  print(
    formatTable(
      ['file', '', 'what it is'],
      written.files.map(({ file, done }) => [file, done, MEANING[file]]),
    ),
  );
  say(`\n${paint('green', 'next:')}\n${stepsOf(written).join('\n')}`);
}

function stepsOf({ dir, files }: Written): string[] {
  const folder = relative(process.cwd(), dir);
  const kept = files.some(({ file, done }) => file === 'package.json' && done === 'kept');
  const lacksAny = Object.keys(missing(dir, { ...DEPENDENCIES, ...DEV_DEPENDENCIES })).length > 0;
  const steps: [string, string][] = [
    ...(folder === '' ? [] : [[`cd ${folder}`, ''] as [string, string]]),
    ...(kept ? installs(dir) : lacksAny ? [['npm install', ''] as [string, string]] : []),
    ['npx shardfold dev', 'a local cluster, until Ctrl-C: in a terminal of its own'],
    ['npx shardfold build', 'writes generated/, which app.mjs imports'],
    ['npx shardfold deploy', 'to all shards of the local cluster'],
    ['node app.mjs', ''],
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  return steps.map(([command, note]) => `  ${command.padEnd(width)}  ${note && `# ${note}`}`.trimEnd());
}

/** Somebody else's package.json is for its owner to change. */
function installs(dir: string): [string, string][] {
  const own = listed(missing(dir, DEPENDENCIES));
  const dev = listed(missing(dir, DEV_DEPENDENCIES));
  const steps: [string, string][] = [];
  if (own !== '') steps.push([`npm install ${own}`, '']);
  if (dev !== '') steps.push([`npm install --save-dev ${dev}`, '']);
  return steps;
}

/** Packages that programs in the folder would not find. */
function missing(dir: string, packages: Readonly<Record<string, string>>): Record<string, string> {
  const { resolve } = createRequire(join(dir, 'app.mjs'));
  const isMissing = (name: string): boolean => {
    try {
      resolve(`${name}/package.json`);
      return false;
    } catch {
      return true;
    }
  };
  return Object.fromEntries(Object.entries(packages).filter(([name]) => isMissing(name)));
}

const listed = (packages: Readonly<Record<string, string>>): string =>
  Object.entries(packages)
    .map(([name, version]) => `${name}@${version}`)
    .join(' ');

import type { Command } from 'commander';
import { ShardfoldError } from '../errors.js';
import type { BuiltProject } from '../functions/built.js';
import {
  type Compared,
  diffLibraries,
  type LibraryDiff,
  type ModuleDiff,
  type RunningDiff,
} from '../functions/release/diff.js';
import { currentRelease } from '../functions/release/record.js';
import type { Release } from '../functions/release/types.js';
import { EXIT_DRIFT } from './look.js';
import { ExitCode, paint, print, printJson, say } from './output.js';
import { projectOptions, withProject } from './project.js';

/** Modules that the build adds to every library. */
const OWN = 'shardfold.';

const EXAMPLES = `
Examples:
  $ shardfold diff
  $ shardfold diff leaderboard --env production
  $ shardfold diff --json

Builds the project and compares it, module by module, with what every primary runs of the current release; of TypeScript
the compiled Lua. The library of stable names holds the same modules, and is shown where nothing else differs.

Exit codes: 0 the servers run what the sources say, 1 failed, 2 they do not.`;

export function register(program: Command): void {
  const command = program
    .command('diff')
    .summary('show how the sources differ from what runs')
    .description('Shows how the sources differ from what the servers run.')
    .argument('[library...]', 'only these libraries of the project')
    .addHelpText('after', EXAMPLES);
  projectOptions(command).action((names: string[]) =>
    withProject(command, async ({ link, context, config, build, json }) => {
      const built = await build();
      context.progress();
      const release = await currentRelease(link, config.project, context);
      const found = await diffLibraries(link, compared(built, release, names), context);
      const isSame = found.every(same);
      const number = release?.number ?? null;
      if (json) printJson({ project: config.project, release: number, same: isSame, libraries: found });
      else {
        const others = found.slice(0, built.libraries.length).some((library) => !same(library));
        for (const one of found) show(one, one.source === config.project && names.length === 0 && others);
        const runs = number === null ? 'no release runs yet' : `release ${number} runs`;
        say(
          isSame
            ? paint('green', `${runs}, just what the sources say`)
            : paint('yellow', `${runs}; shardfold deploy brings the sources`),
        );
      }
      if (!isSame) throw new ExitCode(EXIT_DRIFT);
    }),
  );
}

/** Libraries first, in the order of the configuration, then the one of stable names. */
function compared({ project, libraries, alias }: BuiltProject, release: Release | null, names: string[]): Compared[] {
  const running = (source: string) => release?.libraries.find((library) => library.source === source)?.name ?? null;
  const all: Compared[] = libraries.map((wanted) => ({
    source: wanted.source,
    wanted,
    current: running(wanted.source),
  }));
  if (alias) all.push({ source: project, wanted: alias, current: release?.alias ? project : null });
  const unknown = names.find((name) => !all.some(({ source }) => source === name));
  if (unknown !== undefined) {
    throw new ShardfoldError('INVALID_ARGUMENT', `the project has no library ${unknown}`, {
      hint: `it has ${all.map(({ source }) => source).join(', ')}`,
    });
  }
  return names.length === 0 ? all : all.filter(({ source }) => names.includes(source));
}

const same = ({ running }: LibraryDiff): boolean => running.every(({ modules }) => modules.length === 0);

/** @param brief Without the text: it repeats what the libraries showed. */
function show(library: LibraryDiff, brief: boolean): void {
  const { source, running } = library;
  for (const one of running) {
    const where = running.length === 1 ? '' : ` on ${one.nodes.join(', ')}`;
    print(paint('bold', `${source}${where}: ${summary(one, library)}`, process.stdout));
    // A shard that lacks a library which others have is no reason to print all of it.
    if (brief || (one.name === null && running.length > 1)) continue;
    for (const module of one.modules) if (module.module !== null || one.name !== null) print(text(module));
  }
}

function summary({ name, hash, modules }: RunningDiff, wanted: LibraryDiff): string {
  if (modules.length === 0) return `${wanted.hash}, no difference`;
  const count = (change: string) => modules.filter((module) => module.change === change).length;
  const counts = ['changed', 'added', 'removed'].filter((change) => count(change) > 0);
  const from = name === null ? 'not there' : hash === wanted.hash ? `${hash} changed by hand` : hash;
  return `${from} → ${wanted.hash}, modules: ${counts.map((change) => `${count(change)} ${change}`).join(', ')}`;
}

/** Shardfold's own part of every library is nobody's to read here: that it differs says enough. */
function text({ module, change, patch }: ModuleDiff): string {
  return module?.startsWith(OWN)
    ? paint('dim', `module ${module} of Shardfold itself: ${change}`, process.stdout)
    : coloured(patch);
}

const COLOURS = [
  ['+++', 'bold'],
  ['---', 'bold'],
  ['@@', 'cyan'],
  ['+', 'green'],
  ['-', 'red'],
] as const;

const coloured = (patch: string): string =>
  patch
    .split('\n')
    .map((line) => {
      const colour = COLOURS.find(([start]) => line.startsWith(start))?.[1];
      return colour ? paint(colour, line, process.stdout) : line;
    })
    .join('\n');

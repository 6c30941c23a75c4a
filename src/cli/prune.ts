import { type Command, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import { prune } from '../functions/release/prune.js';
import { type PruneOptions, type PrunePlan, planPrune, requireUnused } from '../functions/release/prune-plan.js';
import { byAge, describeUse, type PruneRow } from '../functions/release/prune-row.js';
import { wholeNumber } from './options.js';
import { ExitCode, paint, print, printJson, say } from './output.js';
import { confirm, projectOptions, withOptionalProject } from './project.js';
import { whoActs } from './release-output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';
import { projectOption, type WhichProjectFlags, whichProject } from './which-project.js';

interface PruneFlags extends WhichProjectFlags {
  keep: number;
  orphans?: boolean;
  force?: boolean;
  all?: boolean;
}

/** For CI: old libraries stay, for apps that are still running call them. */
const EXIT_KEPT = 2;

const EXAMPLES = `
Examples:
  $ shardfold prune                               shows what would go and why the rest stays, and asks
  $ shardfold prune --yes --env production        for scripts
  $ shardfold prune leaderboard_0a1b2c3d4e5f      this library alone; refused where it is in use
  $ shardfold prune --keep 5                      so many releases can be rolled back to
  $ shardfold prune --project shop --all          retires a project: its libraries, stable names and releases go

What the kept releases need stays, and so does what a connected app has announced (CLIENT LIST shows it as shardfold:…; an app
does by sf.functions, a plain node-redis client by the name that "shardfold build" emits). --force leaves apps out of account;
their calls bring a library back where their user may load it (--orphans removes it then), and fail with FUNCTION_MISSING where not.
Callers by stable names announce nothing: before --all, see to it that there are none. Libraries that other projects need stay.

Exit codes: 0 done or nothing to do, 1 refused or failed, 2 done, but running apps keep old libraries.`;

export function register(program: Command): void {
  const command = program
    .command('prune')
    .summary('remove libraries and releases that nothing needs')
    .description('Removes the libraries that no kept release and no connected app needs, and forgets older releases.')
    .argument('[library...]', 'only these, as FUNCTION LIST shows them; no release is forgotten then')
    .addOption(
      new Option('--keep <n>', 'how many releases stay, the current one among them')
        .argParser(wholeNumber(1))
        .default(2),
    )
    .addOption(projectOption())
    .option('--orphans', 'also libraries of the project that no release here names: brought back by old apps, say')
    .option('--all', 'the whole project that --project names, for good; refused while a connected app calls it')
    .option('--force', 'also remove what connected apps call')
    .addHelpText('after', EXAMPLES);
  projectOptions(command).action((names: string[]) =>
    withOptionalProject<PruneFlags>(command, async (session) => {
      const { link, context, signal, config, flags, json } = session;
      if (flags.all) checkAll(names, flags);
      const options: PruneOptions = {
        project: await whichProject(session),
        keep: flags.keep,
        ...(config && { sources: config.libraries.map(({ name }) => name) }),
        force: flags.force === true,
        all: flags.all === true,
        orphans: flags.orphans === true,
        ...(names.length > 0 && { only: [...new Set(names)] }),
      };
      const plan = await planPrune(link, options, context);
      const doomed = removed(plan);
      if (!json) show(plan);
      // Before anybody is asked, and after it was shown what stands in the way.
      if (flags.all) requireUnused(plan);
      const isIdle = doomed.length === 0 && plan.forget.length === 0;
      if (!isIdle) {
        const what = [...(doomed.length > 0 ? [libraries(doomed.length)] : []), ...releasesText(plan.forget)].join(
          ' and ',
        );
        const question = flags.all ? `Remove all of ${plan.project} for good: ${what}?` : `Remove ${what}?`;
        await confirm(question, { yes: flags.yes, signal, otherwise: 'nothing was removed' });
        context.progress();
      }
      const done = isIdle ? plan : await prune(link, plan, { ...options, who: whoActs(undefined) }, context);
      const kept = plan.rows.filter(
        ({ releases, projects, clients }) => releases.length + projects.length === 0 && clients.length > 0,
      );
      if (json) printJson({ ...plan, removed: removed(done).map(({ library }) => library), forgotten: done.forget });
      else report(done, isIdle, kept.length);
      if (kept.length > 0) throw new ExitCode(EXIT_KEPT);
    }),
  );
}

/** A configuration that happens to lie there must not decide which project goes. */
function checkAll(names: readonly string[], { project }: PruneFlags): void {
  const problem =
    names.length > 0
      ? `--all is about a whole project, not about ${names.join(', ')}`
      : project === undefined
        ? '--all does not say which project'
        : undefined;
  if (problem) throw new ShardfoldError('INVALID_ARGUMENT', problem, { hint: 'shardfold prune --project NAME --all' });
}

const removed = ({ rows }: PrunePlan): PruneRow[] => rows.filter(({ action }) => action === 'remove');

const libraries = (count: number): string => formatCounted(count, 'library');

function releasesText(numbers: readonly number[]): string[] {
  if (numbers.length === 0) return [];
  return [`the ${numbers.length === 1 ? 'record of release' : 'records of releases'} ${numbers.join(', ')}`];
}

function show({ project, rows, kept, forget }: PrunePlan): void {
  const cells = [...rows]
    .sort(byAge)
    .map((row) => [
      row.library,
      `${row.nodes.length}`,
      row.action === 'remove' ? 'remove' : 'keep',
      row.action === 'keep' ? describeUse(row).join('; ') : row.library === project ? 'stable names' : origin(row),
    ]);
  if (cells.length > 0) print(formatTable(['library', 'shards', 'action', 'why'], cells, { right: ['shards'] }));
  const old = forget.length === 0 ? '' : `; to be forgotten: ${forget.join(', ')}`;
  print(`releases of ${project}, kept: ${kept.join(', ') || 'none'}${old}`);
}

const origin = ({ past, isOrphan }: PruneRow): string =>
  isOrphan ? 'in no release here' : `of ${past.length === 1 ? 'release' : 'releases'} ${past.join(', ')}`;

function report(done: PrunePlan, isIdle: boolean, kept: number): void {
  if (isIdle) say(paint('green', 'nothing to remove'));
  else {
    const count = removed(done).length;
    const gone = count === 0 ? [] : [`${libraries(count)} from every shard`];
    say(paint('green', `removed ${[...gone, ...releasesText(done.forget)].join(' and ')}`));
  }
  if (kept > 0) say(paint('yellow', `connected apps keep ${libraries(kept)} (--force removes them all the same)`));
}

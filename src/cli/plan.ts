import type { Command } from 'commander';
import { library } from '../functions/library.js';
import { planKernels, planProject } from '../functions/release/plan.js';
import { ExitCode, paint, print, printJson, say } from './output.js';
import { type OptionalProjectSession, type ProjectSession, projectOptions, withOptionalProject } from './project.js';
import { planJson, planTable, sayPlan } from './release-output.js';

/** For CI: a deploy would change something. */
const EXIT_CHANGES = 2;

const EXAMPLES = `
Examples:
  $ shardfold plan                          what a deploy of this project would change
  $ shardfold plan --env production --json
  $ shardfold plan --env production; test $? != 2 || shardfold deploy --env production --yes

Without a project (no shardfold.config here or above) it is about Shardfold's own functions.

Exit codes: 0 nothing to do, 1 failed, 2 a deploy would change something.`;

export function register(program: Command): void {
  projectOptions(program.command('plan'))
    .summary('show what a deploy would change')
    .description(
      'Builds the project and shows, shard by shard, what a deploy would add, change or remove. Changes nothing.',
    )
    .addHelpText('after', EXAMPLES)
    .action((_, command: Command) =>
      withOptionalProject(command, (session) => (isProject(session) ? planned(session) : plannedKernels(session))),
    );
}

export const isProject = <Flags>(session: OptionalProjectSession<Flags>): session is ProjectSession<Flags> =>
  session.config !== undefined;

async function planned({ link, context, config, build, json }: ProjectSession): Promise<void> {
  const { kernels } = config;
  const plan = await planProject(link, await build(), context, { kernels });
  if (json) printJson(planJson(plan));
  else {
    print(planTable(plan.rows));
    sayPlan(plan);
  }
  if (plan.changes) throw new ExitCode(EXIT_CHANGES);
}

async function plannedKernels({ link, context, json }: OptionalProjectSession): Promise<void> {
  const rows = await planKernels(link, context);
  const changes = rows.some(({ action }) => action !== 'in step');
  if (json) printJson({ library: library.name, hash: library.hash, changes, rows });
  else {
    print(planTable(rows));
    if (changes) say(paint('yellow', 'some shards lack the functions of this version: shardfold deploy'));
    else say(paint('green', `nothing to do: every shard holds ${library.name}`));
  }
  if (changes) throw new ExitCode(EXIT_CHANGES);
}

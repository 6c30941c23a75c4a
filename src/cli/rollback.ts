import type { Command } from 'commander';
import { planRollback, rollback } from '../functions/release/rollback.js';
import { messageOption, whoOption } from './deploy.js';
import { wholeNumber } from './options.js';
import { print, printJson } from './output.js';
import { type OptionalProjectSession, projectOptions, withOptionalProject } from './project.js';
import { askAbout, type ReleaseFlags } from './release-ask.js';
import { reportJson, reportTable, sayReport, whoActs } from './release-output.js';
import { projectOption, type WhichProjectFlags, whichProject } from './which-project.js';

type Flags = ReleaseFlags & WhichProjectFlags;

const EXAMPLES = `
Examples:
  $ shardfold rollback                       to the release before the current one
  $ shardfold rollback 3 --env production --yes --message "boards were empty"
  $ shardfold rollback --project shop --url redis://10.0.0.5:6379

The code comes out of the record in the cluster: no sources are needed. A rollback is a new release, all or nothing like a
deploy; rolling back once more undoes it. "shardfold releases" shows the numbers.

Exit codes: 0 every shard holds that code, 1 failed and nothing changed.`;

export function register(program: Command): void {
  const command = program
    .command('rollback')
    .argument('[release]', 'its number; by default the one before the current one', wholeNumber(1))
    .addOption(projectOption())
    .addOption(messageOption())
    .addOption(whoOption());
  projectOptions(command)
    .summary('return to an earlier release')
    .description('Brings the code of an earlier release back to all shards, as a new release.')
    .addHelpText('after', EXAMPLES)
    .action((number: number | undefined) => withOptionalProject<Flags>(command, (session) => back(session, number)));
}

async function back(session: OptionalProjectSession<Flags>, number: number | undefined): Promise<void> {
  const { link, context, flags, json } = session;
  const project = await whichProject(session);
  const plan = async () => planRollback(link, project, number, context);
  const question = number === undefined ? `Roll ${project} back` : `Roll ${project} back to release ${number}`;
  const base = await askAbout(session, plan, question);
  const options = { who: whoActs(flags.who), message: flags.message ?? '', ...(base !== undefined && { base }) };
  const report = await rollback(link, project, number, options, context);
  if (json) return printJson(reportJson(report));
  print(reportTable(report));
  sayReport(report);
}

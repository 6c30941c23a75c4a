import type { Command } from 'commander';
import { readReleases } from '../functions/release/record.js';
import { print, printJson, say } from './output.js';
import { projectOptions, withOptionalProject } from './project.js';
import { releaseJson, releaseTable } from './release-output.js';
import { projectOption, type WhichProjectFlags } from './which-project.js';

const EXAMPLES = `
Examples:
  $ shardfold releases                       of this project; without one, of all projects
  $ shardfold releases --env production --json
  $ shardfold releases --project shop

The record of releases lies in the cluster: it can be read from any machine, without sources.

Exit codes: 0 done (also where there are none), 1 failed.`;

export function register(program: Command): void {
  projectOptions(program.command('releases').addOption(projectOption()))
    .summary('show what was deployed, when and by whom')
    .description('Shows the releases of a project, the newest first: when, by whom, with which message.')
    .addHelpText('after', EXAMPLES)
    .action((_, command: Command) =>
      withOptionalProject<WhichProjectFlags>(command, async ({ link, context, config, flags, json }) => {
        const project = flags.project ?? config?.project;
        const releases = await readReleases(link, project, context);
        if (json) printJson([...releases].reverse().map(releaseJson));
        else if (releases.length > 0) print(releaseTable(releases));
        else say(project === undefined ? 'no releases' : `no releases of ${project}`);
      }),
    );
}

import { type Command, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import { staleBindings } from '../functions/build/emit.js';
import { deployLibrary } from '../functions/deploy.js';
import { library } from '../functions/library.js';
import { deployProject } from '../functions/release/deploy.js';
import { planProject } from '../functions/release/plan.js';
import { paint, print, printJson, say } from './output.js';
import { isProject } from './plan.js';
import { type OptionalProjectSession, type ProjectSession, projectOptions, withOptionalProject } from './project.js';
import { askAbout, type ReleaseFlags } from './release-ask.js';
import { reportJson, reportTable, sayReport, whoActs } from './release-output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

const EXAMPLES = `
Examples:
  $ shardfold deploy                                     this project; asks before it changes anything
  $ shardfold deploy --env production --yes --message "faster boards"
  $ shardfold deploy --url redis://10.0.0.5:6379 --user deployer --json

All libraries of the project are loaded into every shard under names that carry a hash, read back and warmed up; then the
library of stable names is replaced everywhere (each shard in its own moment, within milliseconds), and the release is
recorded. Where one shard fails, all shards get back what they held before. What the release before needs stays until
"shardfold prune". Deploying again changes nothing. Of two deploys at once one goes on; the lease of one whose process died
runs out after 30 seconds, and the next deploy mends what it left.
On a terminal the plan is shown first, and you are asked; in a pipe it goes on at once.

Without a project (no shardfold.config here or above) Shardfold's own functions are deployed.
"shardfold doctor --acl --role deployer" prints a user with the rights that a deploy needs, and no others.

Exit codes: 0 every shard holds the functions, 1 failed and nothing changed.`;

export const messageOption = () => new Option('-m, --message <text>', 'what this release is about, for the record');
export const whoOption = () =>
  new Option('--who <name>', 'who deploys, for the record; by default the user of the CI job, or user@host');

export function register(program: Command): void {
  const command = program.command('deploy').addOption(messageOption()).addOption(whoOption());
  projectOptions(command)
    .summary('load the functions into every shard')
    .description('Builds the project, loads it into every shard, reads it back, warms it up and records a release.')
    .addHelpText('after', EXAMPLES)
    .action((_, command: Command) =>
      withOptionalProject<ReleaseFlags>(command, (session) =>
        isProject(session) ? deploy(session) : deployKernels(session),
      ),
    );
}

async function deploy(session: ProjectSession<ReleaseFlags>): Promise<void> {
  const { link, context, config, build, flags, json } = session;
  const { kernels } = config;
  const built = await build();
  const plan = async () => planProject(link, built, context, { kernels });
  const base = await askAbout(session, plan, `Deploy ${config.project}`);
  const { message = '' } = flags;
  const options = { who: whoActs(flags.who), message, kernels, ...(base !== undefined && { base }) };
  const report = await deployProject(link, built, options, context);
  if (json) printJson(reportJson(report));
  else {
    print(reportTable(report));
    sayReport(report);
  }
  for (const file of await staleBindings(config, built)) {
    say(
      paint('yellow', `${file} is of another build, and so are the functions that an app calls by it: shardfold build`),
    );
  }
}

async function deployKernels({ link, context, flags, json }: OptionalProjectSession<ReleaseFlags>): Promise<void> {
  if (flags.message !== undefined || flags.who !== undefined) {
    throw new ShardfoldError(
      'CONFIG_INVALID',
      "Shardfold's own functions have no releases that could carry a message",
      {
        hint: 'there is no shardfold.config here or above: run it in your project, or name its configuration with --config',
      },
    );
  }
  say("no shardfold.config here or above: these are Shardfold's own functions, for tables, vectors and queries");
  const nodes = await deployLibrary(link, context);
  if (json) return printJson({ library: library.name, hash: library.hash, nodes });
  const rows = nodes.map(({ address, library: name, functions, action }) => [address, name, functions, action]);
  print(formatTable(['shard', 'library', 'functions', 'done'], rows));
  const loaded = nodes.filter(({ action }) => action === 'loaded').length;
  const what = loaded === 0 ? 'nothing to do' : `loaded into ${loaded} of ${formatCounted(nodes.length, 'shard')}`;
  say(paint('green', `${library.name}: ${what}, verified and warmed up on all`));
}

import { type Command, Option } from 'commander';
import type { CallContext } from '../cluster/types.js';
import type { Look } from './look.js';
import { duration } from './options.js';
import { ExitCode, paint, print, printJson, say } from './output.js';
import { projectOptions, withOptionalProject } from './project.js';
import { lookAtOwn } from './status-own.js';
import { lookAtRelease } from './status-release.js';
import { watch } from './watch.js';
import { projectOption, type WhichProjectFlags } from './which-project.js';

interface StatusFlags extends WhichProjectFlags {
  watch?: boolean;
  interval: number;
}

const EXAMPLES = `
Examples:
  $ shardfold status
  $ shardfold status --env production --json
  $ shardfold status --watch                             until Ctrl-C; in a pipe a line a change
  $ shardfold status; test $? != 2 || shardfold deploy    what a pipeline does: 1 is a failure

A node is in step when it holds, byte by byte, all libraries of the project's current release, the one of stable names among
them. Without a project (shardfold.config.ts) it is asked for the functions of this version of Shardfold. Other libraries
beside them do no harm.

Exit codes: 0 all nodes are in step, 1 failed or a node could not be asked, 2 some nodes are not in step.
With --watch Ctrl-C is the end, and the exit code 0.`;

export function register(program: Command): void {
  const command = program
    .command('status')
    .summary('show which node holds which functions')
    .description('Shows, node by node, replicas too, whether it holds the functions that it should.')
    .addOption(projectOption())
    .option('-w, --watch', 'look again and again, until Ctrl-C')
    .addOption(
      new Option('--interval <time>', 'with --watch: how long between looks').argParser(duration).default(2000, '2s'),
    )
    .addHelpText('after', EXAMPLES);
  projectOptions(command).action(() => status(command));
}

function status(command: Command): Promise<void> {
  return withOptionalProject<StatusFlags>(command, async (session) => {
    const { link, config, flags, json } = session;
    const cache = new Map<string, string>();
    const project = flags.project ?? config?.project;
    const look = (context: CallContext): Promise<Look> =>
      project === undefined ? lookAtOwn(link, context) : lookAtRelease(link, project, context, cache);
    if (flags.watch) {
      const title = project ?? 'functions of this version of Shardfold';
      return watch(session, look, { intervalMs: flags.interval, title });
    }
    const { json: data, text, verdict, exitCode } = await look(session.context);
    if (json) printJson(data);
    else {
      if (text !== '') print(text);
      if (verdict !== '') say(paint('yellow', verdict));
    }
    if (exitCode !== 0) throw new ExitCode(exitCode);
  });
}

import type { Command } from 'commander';
import { library } from '../functions/library.js';
import type { NodeReport } from '../functions/report.js';
import { libraryStatus } from '../functions/status.js';
import { withLink } from './link.js';
import { connectionOptions } from './options.js';
import { EXIT_FAILED, ExitCode, paint, print, printJson, say } from './output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

const TITLES = ['node', 'role', 'library', 'hash', 'functions', 'in step', 'others'];

/** For CI: somebody has to deploy. */
const EXIT_DRIFT = 2;

const EXAMPLES = `
Examples:
  $ shardfold status
  $ shardfold status --url redis://10.0.0.5:6379 --json
  $ shardfold status || shardfold deploy                 what a pipeline does

A node is in step when it holds exactly the functions of this version of Shardfold; other versions beside them do no harm.

Exit codes: 0 all nodes are in step, 1 failed or a node could not be asked, 2 some nodes are not in step (or wrong usage).`;

export function register(program: Command): void {
  connectionOptions(program.command('status'))
    .summary('show which node holds which functions')
    .description(
      'Shows, node by node, replicas too, which functions it holds and whether they are those of this version.',
    )
    .addHelpText('after', EXAMPLES)
    .action((_, command: Command) => status(command));
}

function status(command: Command): Promise<void> {
  return withLink(command, async ({ link, context, json }) => {
    const nodes = await libraryStatus(link, context);
    const inStep = nodes.every((node) => node.inStep);
    if (json) {
      printJson({ library: library.name, hash: library.hash, server: link.server, inStep, nodes });
    } else {
      print(formatTable(TITLES, nodes.map(rowOf), { right: ['functions', 'others'], empty: '-' }));
      const behind = nodes.filter((node) => !node.inStep).length;
      if (behind > 0) {
        say(
          paint(
            'yellow',
            `${behind} of ${formatCounted(nodes.length, 'node')} ${behind === 1 ? 'does' : 'do'} not hold ${library.name}: shardfold deploy`,
          ),
        );
      }
    }
    if (nodes.some((node) => !node.asked)) throw new ExitCode(EXIT_FAILED);
    if (!inStep) throw new ExitCode(EXIT_DRIFT);
  });
}

function rowOf(node: NodeReport) {
  const { address, role, library: name, hash, functions, inStep, problem, others } = node;
  const family = name === null ? null : name.slice(0, -`_${hash}`.length);
  return [address, role, family, hash, functions, inStep ? 'yes' : `no: ${problem}`, others.length];
}

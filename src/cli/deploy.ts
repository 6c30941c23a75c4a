import type { Command } from 'commander';
import { deployLibrary } from '../functions/deploy.js';
import { library } from '../functions/library.js';
import { withLink } from './link.js';
import { connectionOptions } from './options.js';
import { paint, print, printJson, say } from './output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

const EXAMPLES = `
Examples:
  $ shardfold deploy                                     to the local cluster of "shardfold dev"
  $ shardfold deploy --url redis://10.0.0.5:6379 --user deployer
  $ shardfold deploy --json                              one line of JSON

The functions of other versions of Shardfold stay, so that old and new apps run side by side. Where one shard fails, all
shards get back what they held before. Deploying again changes nothing.

The user needs these rights: +function|load +function|list +function|delete +fcall_ro +hello +cluster|shards (and +wait, so
that replicas are waited for).

Exit codes: 0 every shard holds the functions, 1 failed and nothing changed, 2 wrong usage.`;

export function register(program: Command): void {
  connectionOptions(program.command('deploy'))
    .summary('load the functions into every shard')
    .description('Loads the functions of this version into every shard, reads them back and calls each module once.')
    .addHelpText('after', EXAMPLES)
    .action((_, command: Command) => deploy(command));
}

function deploy(command: Command): Promise<void> {
  return withLink(command, async ({ link, context, json }) => {
    const nodes = await deployLibrary(link, context);
    if (json) {
      printJson({ library: library.name, hash: library.hash, nodes });
      return;
    }
    const rows = nodes.map(({ address, library: name, functions, action }) => [address, name, functions, action]);
    print(formatTable(['shard', 'library', 'functions', 'done'], rows));
    const loaded = nodes.filter(({ action }) => action === 'loaded').length;
    const what = loaded === 0 ? 'nothing to do' : `loaded into ${loaded} of ${formatCounted(nodes.length, 'shard')}`;
    say(paint('green', `${library.name}: ${what}, verified and warmed up on all`));
  });
}

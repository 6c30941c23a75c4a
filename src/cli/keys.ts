import { type Command, Option } from 'commander';
import { SLOTS } from '../cluster/slots.js';
import { sourceOf } from '../engine/results/open.js';
import { collectRows, type Rows } from '../engine/results/rows.js';
import { col } from '../expr/expr.js';
import { keysSource } from '../query/keys.js';
import { Query } from '../query/query.js';
import { interruptible } from './interrupted.js';
import { GROUPINGS, type Grouping, groupsOf } from './keys/groupings.js';
import { printGroups } from './keys/print-groups.js';
import { withLink } from './link.js';
import { connectionOptions, wholeNumber } from './options.js';
import { paint, print, printJson, say } from './output.js';
import { lateProgress } from './sql-progress.js';
import { formatTable } from './table.js';
import { formatBytes, formatCount, formatCounted } from './units.js';

const EXAMPLES = `
Examples:
  $ shardfold keys                                   how many keys of which type
  $ shardfold keys --by prefix --memory              what takes the memory
  $ shardfold keys 'user:*' --by prefix --depth 2 --top 50
  $ shardfold keys 'session:*' --by ttl              when they expire
  $ shardfold keys --by prefix --no-expiry           what never does
  $ shardfold keys --by shard --memory               how evenly the shards are filled; --by slot finds the heavy ones
  $ shardfold keys 'cart:*' --biggest --top 10       the keys that take the most memory

Every key that is there throughout counts exactly once, also while slots move. Nobody is stalled: there is no KEYS, and calls last
about a millisecond. --memory and --biggest ask MEMORY USAGE of every key, and take several times as long.
For anything else: shardfold sql "SELECT … FROM keys('user:*') WHERE …", with columns key, type, ttl, slot, shard, memory.

Exit codes: 0 printed, 1 failed or wrong usage, 130 interrupted.`;

interface KeysFlags {
  by?: Grouping;
  depth: number;
  delimiter: string;
  memory?: boolean;
  biggest?: boolean;
  top: number;
  /** Made false by --no-expiry. */
  expiry: boolean;
}

type KeysSession = Parameters<Parameters<typeof withLink<KeysFlags>>[1]>[0];

const TOP = 20;
const DEEPEST = 8;

export function register(program: Command): void {
  const command = program
    .command('keys')
    .summary('count and weigh keys by prefix, type, expiry, slot or shard')
    .description('Counts keys, and what they take, without a stall; finds the biggest, and those that never expire.')
    .argument('[pattern]', "a glob as KEYS takes it, such as 'user:*'", '*')
    .addOption(new Option('--by <what>', 'what to group by (default: "type")').choices(GROUPINGS))
    .addOption(
      new Option('--depth <count>', 'how many parts of a key make its prefix')
        .argParser(wholeNumber(1, DEEPEST))
        .default(1),
    )
    .addOption(new Option('--delimiter <text>', 'what stands between the parts').default(':'))
    .option('--memory', 'add up the memory that keys take')
    .addOption(new Option('--biggest', 'list the keys that take the most memory').conflicts('by'))
    .addOption(new Option('--top <count>', 'how many lines to show').argParser(wholeNumber(1)).default(TOP))
    .option('--no-expiry', 'only keys that do not expire')
    .addHelpText('after', EXAMPLES);
  connectionOptions(command).action((pattern: string) => {
    if (command.opts<KeysFlags>().delimiter === '') command.error("error: option '--delimiter' needs a text");
    return withLink<KeysFlags>(command, (session) => {
      const work = session.flags.biggest ? biggest : grouped;
      return interruptible(session.signal, { what: 'nothing was changed' }, () => work(pattern, session));
    });
  });
}

function keysOf(pattern: string, { link, flags }: KeysSession): Query {
  const all = new Query(link, { kind: 'keys', source: keysSource(pattern) });
  return flags.expiry ? all : all.filter(col('ttl').isNull());
}

async function rowsOf(query: Query, { link, signal, flags }: KeysSession): Promise<Rows> {
  const progress = lateProgress();
  const { timeout } = flags;
  const options = { signal, onProgress: progress.update, ...(timeout !== undefined && { timeout }) };
  try {
    return await collectRows(sourceOf(link, query.plan, options));
  } finally {
    progress.stop();
  }
}

async function grouped(pattern: string, session: KeysSession): Promise<void> {
  const { link, flags, json } = session;
  const { by = 'type', depth, delimiter, memory = false, top } = flags;
  const grouping = { by, depth, delimiter, memory };
  let receipt: unknown;
  const groups = await groupsOf(keysOf(pattern, session), grouping, async (query) => {
    const rows = await rowsOf(query, session);
    receipt = rows.receipt;
    return rows;
  });
  if (by === 'slot' && !link.isCluster) say(paint('dim', 'this server has no cluster mode: its keys lie in no slots'));
  const primaries = link
    .nodes()
    .filter(({ role, slots }) => role === 'primary' && (slots.length > 0 || !link.isCluster));
  const places = by === 'shard' ? primaries.length : by === 'slot' && link.isCluster ? SLOTS : undefined;
  printGroups({ ...grouping, pattern, groups, top, places, receipt }, json);
}

async function biggest(pattern: string, session: KeysSession): Promise<void> {
  const query = keysOf(pattern, session).select('key', 'type', 'memory', 'ttl', 'shard');
  // Keys that take as much come by their names: rows of keys have no order.
  const sorted = query.sort([col('memory').desc(), 'key']);
  const rows = await rowsOf(sorted.limit(session.flags.top), session);
  if (session.json) {
    printJson({ pattern, rows: [...rows], receipt: rows.receipt });
    return;
  }
  const lines = rows.map(({ key, type, memory, ttl, shard }) => [
    String(key),
    String(type),
    formatBytes(Number(memory)),
    ttl === null ? 'never' : `${String(ttl)} s`,
    String(shard),
  ]);
  print(formatTable(['key', 'type', 'memory', 'expires in', 'shard'], lines, { right: ['memory', 'expires in'] }));
  const of = rows.receipt.keys?.reduce((all, { keys }) => all + keys.matched, 0) ?? 0;
  say(paint('dim', `(the ${formatCount(rows.length)} of ${formatCounted(of, 'key')} that take the most memory)`));
}

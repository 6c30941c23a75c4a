/** The types against the facts of a running server: no command is missing, none is too many, and each takes what it takes. */
import { connectCluster } from '../../src/cluster/connect.js';
import type { Reply } from '../../src/cluster/types.js';
import { sharedUrl } from '../harness/cluster.js';
import { declaredCommands, type Form } from './commands.js';

/** Scripts may use them, and nobody should: not typed, for these reasons. */
const LEFT_OUT: Record<string, string> = {
  ASKING: 'speaks of the connection',
  READONLY: 'speaks of the connection',
  READWRITE: 'speaks of the connection',
  MIGRATE: 'waits for another server',
  'RESTORE-ASKING': 'used between servers',
  PFDEBUG: "the server's own tests",
  PFSELFTEST: "the server's own tests",
  'CLUSTER ADDSLOTS': 'changes the cluster',
  'CLUSTER ADDSLOTSRANGE': 'changes the cluster',
  'CLUSTER BUMPEPOCH': 'changes the cluster',
  'CLUSTER DELSLOTS': 'changes the cluster',
  'CLUSTER DELSLOTSRANGE': 'changes the cluster',
  'CLUSTER FAILOVER': 'changes the cluster',
  'CLUSTER FLUSHSLOTS': 'changes the cluster',
  'CLUSTER FORGET': 'changes the cluster',
  'CLUSTER MEET': 'changes the cluster',
  'CLUSTER REPLICATE': 'changes the cluster',
  'CLUSTER SAVECONFIG': 'changes the cluster',
  'CLUSTER SET-CONFIG-EPOCH': 'changes the cluster',
  'CLUSTER SETSLOT': 'changes the cluster',
};

/** From 7.2 on scripts may use them, and they do not block there; 7.0 forbids them. What does not block does the same. */
const NOT_IN_70 = new Set(['BLMOVE', 'BLPOP', 'BRPOP', 'BRPOPLPUSH', 'BZPOPMAX', 'BZPOPMIN', 'WAIT', 'WAITAOF']);
/** Later servers take fewer arguments. */
const STRICTER = new Set(['COMMAND GETKEYS', 'COMMAND GETKEYSANDFLAGS']);

/** What later servers brought: not checked against one that lacks it. */
const NEWER = new Set(
  `COMMANDLOG DELEX DELIFEQ DIGEST HEXPIRE HEXPIREAT HEXPIRETIME HGETDEL HGETEX HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME
  HPTTL HSETEX HTTL MSETEX VADD VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS VRANDMEMBER VRANGE VREM VSETATTR VSIM XACKDEL
  XDELEX`.split(/\s+/),
);
/** Forms that later servers brought to older commands: [command, arguments at most before]. */
const LONGER_SINCE = new Map([
  ['ZRANK', 2],
  ['ZREVRANK', 2],
]);

/** Words that stand behind a list of unknown length, or that functions may not use (BLOCK). */
const UNTYPED_WORDS: Record<string, string> = {
  XADD: 'MAXLEN MINID = ~ LIMIT *',
  XCLAIM: 'IDLE TIME RETRYCOUNT FORCE LASTID',
  XREAD: 'BLOCK',
  XREADGROUP: 'BLOCK',
  'XGROUP CREATE': '$',
  'XGROUP SETID': '$',
  ZDIFF: 'WITHSCORES',
  ZINTER: 'WEIGHTS AGGREGATE SUM MIN MAX WITHSCORES',
  ZUNION: 'WEIGHTS AGGREGATE SUM MIN MAX WITHSCORES',
  ZINTERSTORE: 'WEIGHTS AGGREGATE SUM MIN MAX',
  ZUNIONSTORE: 'WEIGHTS AGGREGATE SUM MIN MAX',
};

interface Served {
  /** `CLUSTER NODES`, in capitals. */
  readonly name: string;
  readonly arity: number;
  readonly allowed: boolean;
  readonly words: readonly string[];
}

const list = (reply: Reply | undefined): readonly Reply[] => (Array.isArray(reply) ? reply : []);
const text = (reply: Reply | undefined): string => String(reply);

/** The value of a name in a flat list of names and values. */
function field(reply: Reply | undefined, name: string): Reply | undefined {
  const flat = list(reply);
  const at = flat.findIndex((item, i) => i % 2 === 0 && text(item).toLowerCase() === name);
  return at < 0 ? undefined : flat[at + 1];
}

const wordsOf = (args: Reply | undefined): string[] =>
  list(args).flatMap((arg) => {
    const token = field(arg, 'token');
    return [...(token === undefined ? [] : [text(token).toUpperCase()]), ...wordsOf(field(arg, 'arguments'))];
  });

/** COMMAND and COMMAND DOCS of the server; containers stand as their subcommands. */
async function servedCommands(): Promise<Served[]> {
  const link = await connectCluster({ url: sharedUrl(3) });
  try {
    const id = link.nodes()[0]?.id ?? '';
    const ask = (...command: string[]) => link.callNode(id, command, link.context(), true);
    const [commands, docs] = [await ask('COMMAND'), await ask('COMMAND', 'DOCS')];
    return list(commands).flatMap((command) => {
      const [name, , , , , , , , , subcommands] = list(command);
      const doc = field(docs, text(name).toLowerCase());
      const own = list(subcommands);
      if (own.length === 0) return [served(command, doc)];
      return own.map((sub) => served(sub, field(field(doc, 'subcommands'), text(list(sub)[0]).toLowerCase())));
    });
  } finally {
    await link.close();
  }
}

function served(command: Reply, doc: Reply | undefined): Served {
  const [name, arity, flags] = list(command);
  return {
    name: text(name).toUpperCase().replace('|', ' '),
    arity: Number(arity),
    allowed: !list(flags).some((flag) => text(flag) === 'noscript'),
    words: wordsOf(field(doc, 'arguments')),
  };
}

const declared = declaredCommands();

function formsOf(name: string): readonly Form[] {
  const [command = '', subcommand] = name.split(' ');
  const forms = declared.get(command) ?? [];
  return subcommand === undefined ? forms : forms.filter((form) => form.subcommands.includes(subcommand));
}

describe('the typed commands are those of the server', () => {
  let commands: Served[];
  beforeAll(async () => {
    commands = await servedCommands();
    expect(commands.length).toBeGreaterThan(200);
  });

  test('whatever scripts may use is typed, or left out for a reason; HELP is for people', () => {
    const missing = commands.filter(
      ({ name, allowed }) => allowed && !/ HELP$/.test(name) && formsOf(name).length === 0,
    );
    const names = missing.map(({ name }) => name).filter((name) => !NOT_IN_70.has(name));
    expect(names.sort()).toEqual(Object.keys(LEFT_OUT).sort());
  });

  test('nothing else is typed', () => {
    const forbidden = commands.filter(({ name, allowed }) => !allowed && formsOf(name).length > 0);
    expect(forbidden).toEqual([]);
    const known = new Set(commands.map(({ name }) => name.split(' ')[0]));
    const unknown = [...declared.keys()].filter((name) => !known.has(name) && !NEWER.has(name));
    expect(unknown).toEqual([]);
  });

  test('each takes as many arguments as the server wants', () => {
    const off = commands.flatMap(({ name, arity }) => {
      const forms = formsOf(name);
      const most = LONGER_SINCE.get(name) ?? Math.max(...forms.map((form) => form.most));
      const least = Math.min(...forms.map((form) => form.least));
      const wanted = Math.abs(arity) - 1;
      // Those of modules do not tell.
      if (wanted === 0 && NEWER.has(name)) return [];
      if (STRICTER.has(name) && least > wanted) return [];
      if (forms.length === 0 || (least === wanted && (arity < 0 || most === wanted))) return [];
      return [`${name}: ${wanted}${arity < 0 ? ' or more' : ''}, not ${least} to ${most}`];
    });
    expect(off).toEqual([]);
  });

  test('each knows the words that the server knows', () => {
    const off = commands.flatMap(({ name, words }) => {
      const forms = formsOf(name);
      const untyped = UNTYPED_WORDS[name]?.split(' ') ?? [];
      const missing = words.filter(
        (word) => word !== '""' && !untyped.includes(word) && !forms.some((form) => form.words.has(word)),
      );
      return forms.length === 0 || missing.length === 0 ? [] : [`${name}: ${missing.join(' ')}`];
    });
    expect(off).toEqual([]);
  });
});

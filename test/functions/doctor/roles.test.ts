/** The lines of `shardfold doctor --acl`, as they are printed: each role can do its day's work with them, and with no less. */
import { connectCluster } from '../../../src/cluster/connect.js';
import { messageOf } from '../../../src/cluster/errors.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import { deployLibrary } from '../../../src/functions/deploy.js';
import { ROLES, type Role, userOf } from '../../../src/functions/doctor/roles.js';
import { functionName, library } from '../../../src/functions/library.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import { readReleases } from '../../../src/functions/release/record.js';
import { Shardfold } from '../../../src/shardfold.js';
import { fsck } from '../../../src/storage/fsck.js';
import { runCli } from '../../harness/cli.js';
import { testCluster } from '../../harness/cluster.js';
import { listings } from '../release/servers.js';
import { shop } from '../release/shop.js';
import { sampleLibrary } from '../sample.js';
import { connectAs, onAll, runLine } from './nodes.js';
import { type Day, dayOf, NOTE, prepare, users } from './scenarios.js';

const OTHERS = 'others:{a}:x';

const cluster = testCluster({ shards: 3, replicas: 1 });
let admin: ClusterLink;
beforeAll(async () => {
  admin = await connectCluster({ url: cluster.url });
  const { code, stdout } = await runCli(['doctor', '--acl']);
  expect(code).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(ROLES.length);
  for (const line of lines) await runLine(admin, line);
});
afterAll(() => admin.close());

/** Asked of the server by every connection, whatever comes of it; roles need not have them. */
const OPTIONAL = new Set(['function|list', 'client|setinfo', 'acl|whoami', 'config|get', 'info', 'client|setname']);

/** What the ACLs refused to the role since the last look. */
async function refusals(role: Role): Promise<string[]> {
  const logs = (await onAll(admin, 'ACL', 'LOG')) as (readonly (readonly Reply[])[])[];
  await onAll(admin, 'ACL', 'LOG', 'RESET');
  const entries = logs.flat().map((entry) => {
    const field = (name: string) => String(entry[entry.findIndex((item) => String(item) === name) + 1]);
    return { user: field('username'), reason: field('reason'), object: field('object') };
  });
  const own = entries.filter(
    ({ user, object }) => user === userOf(role) && (role.commands.includes(object) || !OPTIONAL.has(object)),
  );
  return [...new Set(own.map(({ reason, object }) => `${reason} ${object}`))];
}

/** What code of ours can do without, and says nothing where it must: only the servers' own logs tell. INFO is the clock of scripts on 7.2. */
const UNNOTICED = ['wait', 'client|setname', 'info'];
const REFUSED = 'the servers refuse nothing';

/** Long enough for a machine that is busy; and for a day that is to fail. */
const PATIENCE_MS = 5000;
const IMPATIENCE_MS = 400;

/** The first step that fails, and why; undefined where all went well. */
async function runDay(role: Role, patienceMs = PATIENCE_MS): Promise<{ step: string; why: string } | undefined> {
  await prepare(admin);
  await onAll(admin, 'ACL', 'LOG', 'RESET');
  let step = 'connects';
  let link: ClusterLink | undefined;
  try {
    link = await connectAs(cluster.url, userOf(role));
    const day: Day = {
      link,
      sf: new Shardfold(link),
      admin,
      now: () => admin.context({ timeoutMs: 5000 }),
      patienceMs,
    };
    for (const [name, work] of dayOf(role.name)) {
      step = name;
      await work(day);
    }
    step = REFUSED;
    const refused = await refusals(role);
    return refused.length === 0 ? undefined : { step, why: refused.join(', ') };
  } catch (error) {
    return { step, why: `${messageOf(error)} [${await refusals(role)}]` };
  } finally {
    await link?.close();
  }
}

describe.each(ROLES.map((role) => [role.name, role] as const))('%s', (_, role) => {
  it('has all that it needs', async () => {
    expect(await runDay(role)).toBeUndefined();
  });

  it('needs all that it has', async () => {
    const needless: string[] = [];
    for (const command of role.commands) {
      await onAll(admin, 'ACL', 'SETUSER', userOf(role), `-${command}`);
      const failed = await runDay(role, IMPATIENCE_MS);
      if (failed === undefined) needless.push(command);
      if (failed?.step === REFUSED) expect(UNNOTICED).toContain(command);
      await onAll(admin, 'ACL', 'SETUSER', userOf(role), `+${command}`);
    }
    // Scripts ask TIME on 7.0 alone (lua/core/clock.lua).
    expect(needless.filter((command) => command !== 'time')).toEqual([]);
    expect(await runDay(role)).toBeUndefined();
  }, 120_000);
});

describe('what a role may not do', () => {
  /** What there is: functions of every node, numbers of keys, and the record of releases. */
  const state = async () => [
    await listings(admin),
    await onAll(admin, 'DBSIZE'),
    await readReleases(admin, undefined, admin.context()),
  ];
  beforeAll(async () => {
    await prepare(admin);
    await deployProject(admin, shop('one'), { who: 'admin' }, admin.context());
    await admin.call(
      { key: OTHERS, command: ['SET', OTHERS, 'x'], readOnly: false, idempotent: true },
      admin.context(),
    );
  });

  /** Sends each command to every primary as the role. None may come through; what is said instead is returned. */
  async function attempt(name: string, commands: readonly (readonly string[])[]): Promise<void> {
    const link = await connectAs(cluster.url, `shardfold_${name}`);
    const before = await state();
    try {
      const primaries = link.nodes().filter(({ role }) => role === 'primary');
      const send = async (command: readonly string[], id: string) => {
        const said = await link.callNode(id, command, link.context(), true).then(
          (reply) => `reply ${reply}`,
          (error: unknown) => messageOf(error),
        );
        expect([command, said]).toEqual([
          command,
          expect.stringMatching(/NOPERM|ACL failure in script|The user executing the script can't/),
        ]);
      };
      await Promise.all(commands.flatMap((command) => primaries.map(({ id }) => send(command, id))));
      expect(await state()).toEqual(before);
    } finally {
      await link.close();
    }
  }

  const LOADING = [
    ['FUNCTION', 'LOAD', 'REPLACE', library.code],
    ['FUNCTION', 'DELETE', library.name],
    ['FUNCTION', 'FLUSH'],
    ['FUNCTION', 'RESTORE', 'x'],
    ['EVAL', 'return 1', '0'],
    ['EVALSHA', '0'.repeat(40), '0'],
    ['SCRIPT', 'LOAD', 'return 1'],
    ['SCRIPT', 'FLUSH'],
    ['HSET', 'shardfold:{functions}', 'head:shop', '7'],
    ['DEL', 'shardfold:{functions}'],
  ];
  const ADMINISTRATION = [
    ['CONFIG', 'GET', '*'],
    ['ACL', 'LIST'],
    ['ACL', 'SETUSER', 'default', 'off'],
    ['FLUSHALL'],
    ['KEYS', '*'],
    ['CLUSTER', 'FORGET', 'x'],
    ['SHUTDOWN'],
    ['MONITOR'],
    ['GET', OTHERS],
    ['EVAL_RO', `return redis.call('GET', '${OTHERS}')`, '0'],
  ];

  it('a reader can neither write nor load functions, nor read what is not of tables', async () => {
    await attempt('reader', [
      ...LOADING,
      ...ADMINISTRATION,
      ['SET', NOTE, 'x'],
      ['UNLINK', NOTE],
      ['FCALL', functionName('remember', users), '1', NOTE, 'x'],
      ['FCALL', functionName('recall', users), '1', NOTE],
    ]);
    const sf = new Shardfold(await connectAs(cluster.url, 'shardfold_reader'));
    const refused = expect.objectContaining({ code: 'NO_PERMISSION' });
    try {
      await expect(sf.createTable('t', [{ a: 1 }])).rejects.toThrow();
      await expect(sf.table('orders').append([{ id: 1, price: 1, region: 'eu' }])).rejects.toThrow();
      await expect(sf.drop('orders')).rejects.toEqual(refused);
      await expect(sf.vector('v').scale(2)).rejects.toThrow();
      await expect(sf.functions(users).remember({ at: NOTE }, { text: 'x' })).rejects.toEqual(refused);
      // By way of the command for functions that only read, the server itself refuses.
      const remember = functionName('remember', users);
      const call = { key: NOTE, command: ['FCALL_RO', remember, '1', NOTE, 'x'], readOnly: true, idempotent: true };
      await expect(sf.link.call(call, sf.link.context())).rejects.toThrow(/write flag/);
      await expect(deployLibrary(sf.link, sf.link.context(), sampleLibrary())).rejects.toThrow(/NOPERM/);
      expect(await sf.table('orders').describe()).toMatchObject({ version: 1 });
    } finally {
      await sf.close();
    }
  });

  it('a writer can neither deploy nor touch the record of releases', async () => {
    await attempt('writer', [...LOADING, ...ADMINISTRATION, ['SET', OTHERS, 'x']]);
    const link = await connectAs(cluster.url, 'shardfold_writer');
    const before = await state();
    try {
      await expect(deployLibrary(link, link.context(), sampleLibrary())).rejects.toThrow(/NOPERM/);
      await expect(deployProject(link, shop('two'), { who: 'w' }, link.context())).rejects.toThrow(/NOPERM/);
      expect(await state()).toEqual(before);
    } finally {
      await link.close();
    }
  });

  it('a writer who may SCAN besides can run fsck, as the help says', async () => {
    const link = await connectAs(cluster.url, 'shardfold_writer');
    try {
      await expect(fsck(link, {}, link.context())).rejects.toThrow(/scan/);
      await onAll(admin, 'ACL', 'SETUSER', 'shardfold_writer', '+scan');
      expect((await fsck(link, { repair: true }, link.context())).findings).toEqual([]);
    } finally {
      await onAll(admin, 'ACL', 'SETUSER', 'shardfold_writer', '-scan');
      await link.close();
    }
  });

  it('a deployer can neither read nor write what is stored', async () => {
    await attempt('deployer', [
      ...ADMINISTRATION,
      ['GET', NOTE],
      ['SET', NOTE, 'x'],
      ['HGETALL', 'sf:{catalog}:tables'],
      ['FUNCTION', 'FLUSH'],
      ['EVAL', `return redis.call('HSET', '${NOTE}', 'a', 'b')`, '0'],
      ['EVAL', `return redis.call('HGETALL', 'sf:{catalog}:tables')`, '0'],
      ['FCALL_RO', functionName('recall', users), '1', NOTE],
    ]);
  });
});

describe("functions of one's own", () => {
  const acl = (...args: string[]) => runCli(['doctor', '--acl', ...args]);

  it('get their keys and commands', async () => {
    const { stdout } = await acl('--role', 'writer', '--key-patterns', 'board:*', 'x:*', '--commands', 'ZADD', 'get');
    expect(stdout).toMatch(/ ~sf:\{\*\}:\* ~board:\* ~x:\* -@all /);
    expect(stdout.match(/ \+zadd\b/g)).toHaveLength(1);
    expect(stdout.match(/ \+get\b/g)).toHaveLength(1);
    const reader = await acl('--role', 'reader', '--key-patterns', 'board:*', '--prefix', 'shop');
    expect(reader.stdout).toContain(' %R~shop:{*}:* %R~board:* -@all ');
    const deployer = await acl('--role', 'deployer', '--key-patterns', 'board:*', '--commands', 'zadd');
    expect(deployer.stdout).not.toMatch(/board|zadd/);
  });

  it('are refused where they would be another rule', async () => {
    const refused = [
      ['--key-patterns', 'a b'],
      ['--key-patterns', '~*'],
      ['--commands', '@all'],
      ['--commands', 'get +@all'],
      ['--prefix', '*'],
    ];
    const said = await Promise.all(refused.map((args) => acl(...args)));
    for (const one of said) {
      expect(one).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('INVALID_ARGUMENT') });
    }
  });

  it('speak JSON', async () => {
    const { roles } = JSON.parse((await acl('--json', '--prefix', 'shop')).stdout);
    expect(roles.map(({ role, line }: { role: string; line: string }) => [role, line.split(' ')[2]])).toEqual([
      ['deployer', 'shardfold_deployer'],
      ['writer', 'shardfold_writer'],
      ['reader', 'shardfold_reader'],
    ]);
    expect(roles[0]).toMatchObject({
      keys: ['~shardfold:{functions}'],
      commands: expect.arrayContaining(['function|load']),
    });
  });
});

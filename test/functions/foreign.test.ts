/** Callers in other languages: the deployed functions by their stable names, from redis-cli and from Debian's python3-redis. */
import { spawnSync } from 'node:child_process';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { testCluster } from '../harness/cluster.js';
import { config, makeProject, removeProjects } from './build/project.js';
import { builtShop, release } from './release/project.js';

const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const client = ['redis-cli', 'valkey-cli'].find((name) => works(name, '--version'));
if (client === undefined) console.warn('Not tested: calls by redis-cli, which is not installed');
// Debian's package is for Debian's Python.
const python = ['/usr/bin/python3', 'python3'].find((path) =>
  works(path, '-c', 'from redis.cluster import RedisCluster'),
);
if (python === undefined) console.warn('Not tested: calls from Python, for there is no python3-redis');

const LUA = (factor: number) => `local M = {}

---@function addScore
---@key board string
---@arg player string
---@arg score number
---@return number
function M.add(keys, args)
  return tonumber(redis.call("ZINCRBY", keys.board, args.score * ${factor}, args.player))
end

---@function describe
---@flags no-writes
---@key board string
---@arg tags string[]
---@arg note bytes?
---@return { board: string, tags: string[], note: bytes? }
function M.describe(keys, args)
  return { board = keys.board, tags = args.tags, note = args.note }
end

---@function overdraw
---@flags no-writes
function M.overdraw() error({ err = "NOFUNDS no money" }) end

return M
`;

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
const deploy = async (factor: number) => {
  const files = { 'shardfold.config.json': config(), 'functions/leaderboard/add.lua': LUA(factor) };
  await release(link, await builtShop(makeProject(files)));
};
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
  await deploy(1);
});
afterAll(async () => {
  await link.close();
  removeProjects();
});

const SIGNATURE = '(call it as: FCALL addScore 1 board:string player:string score:number)';

(client === undefined ? describe.skip : describe)('redis-cli', () => {
  const call = (...command: string[]): string => {
    const port = String(cluster.nodes[0]?.port);
    const { stdout, stderr } = spawnSync(client as string, ['-c', '-p', port, ...command], { encoding: 'utf8' });
    return (stdout + stderr).trim();
  };

  it.each(['b:{eu}', 'b:{us}', 'b:{asia}'])('calls by the stable name, wherever the key %s lies', (board) => {
    expect(call('FCALL', 'addScore', '1', board, 'ann', '3.5')).toBe('3.5');
    expect(call('FCALL', 'addScore', '1', board, 'ann', '-0.25')).toBe('3.25');
  });

  it('passes lists as JSON and gets records as names and values', () => {
    expect(call('FCALL_RO', 'describe', '1', 'b:{eu}', '["x","y"]').split('\n')).toEqual([
      'board',
      'b:{eu}',
      'tags',
      'x',
      'y',
      'note',
    ]);
  });

  it.each([
    [['1', 'b:{eu}', 'ann', 'abc'], 'score is not a number: "abc"'],
    [['1', 'b:{eu}', 'ann'], 'it takes 2 arguments, not 1'],
    [['0', 'ann', '3.5'], 'it takes 1 key, not 0'],
  ])('is told what is wrong with %j, and how to call', (args, problem) => {
    expect(call('FCALL', 'addScore', ...args)).toContain(`INVALID_ARGUMENT addScore: ${problem} ${SIGNATURE}`);
  });

  it('sees the errors that functions raise', () => {
    expect(call('FCALL_RO', 'overdraw', '0')).toMatch(/^NOFUNDS no money/);
  });

  it('calls the new version once it is deployed', async () => {
    expect(call('FCALL', 'addScore', '1', 'c:{eu}', 'bob', '1')).toBe('1');
    await deploy(10);
    expect(call('FCALL', 'addScore', '1', 'c:{eu}', 'bob', '1')).toBe('11');
    await deploy(1);
  });
});

(python === undefined ? describe.skip : describe)('python3-redis', () => {
  const run = (...lines: string[]): string[] => {
    const head = [
      'import json, logging',
      'from redis.cluster import RedisCluster',
      'from redis.exceptions import ResponseError',
    ];
    // The client logs what it raises.
    const quiet = [
      'logging.disable(logging.CRITICAL)',
      `c = RedisCluster(host="127.0.0.1", port=${cluster.nodes[0]?.port})`,
    ];
    const script = [...head, ...quiet, ...lines].join('\n');
    const { stdout, stderr, status } = spawnSync(python as string, ['-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.trim().split('\n');
  };

  it('calls by the stable names, on the shard of the key', () => {
    const calls = ['p:{eu}', 'p:{us}', 'p:{asia}'].map(
      (board) => `print(c.fcall("addScore", 1, "${board}", "ann", 0.1))`,
    );
    expect(run(...calls)).toEqual(["b'0.1'", "b'0.1'", "b'0.1'"]);
    // Bytes within JSON: a character a byte.
    const describe =
      'c.fcall_ro("describe", 1, "p:{eu}", json.dumps(["x", "\\u00e9"]), json.dumps(b"\\x00\\xff".decode("latin1")))';
    expect(run(`print(${describe})`)).toEqual([
      "[b'board', b'p:{eu}', b'tags', [b'x', b'\\xc3\\xa9'], b'note', b'\\x00\\xff']",
    ]);
  });

  it('raises what is wrong with a call, and what the function raised', () => {
    const failing = (call: string) => [`try:\n  ${call}\nexcept ResponseError as e:\n  print(e)`];
    const [number] = run(...failing('c.fcall("addScore", 1, "p:{eu}", "ann", "abc")'));
    expect(number).toContain(`INVALID_ARGUMENT addScore: score is not a number: "abc" ${SIGNATURE}`);
    const [count] = run(...failing('c.fcall("addScore", 1, "p:{eu}")'));
    expect(count).toContain(`INVALID_ARGUMENT addScore: it takes 2 arguments, not 0 ${SIGNATURE}`);
    const [raised] = run(...failing('c.fcall_ro("overdraw", 0)'));
    expect(raised).toMatch(/^NOFUNDS no money/);
  });
});

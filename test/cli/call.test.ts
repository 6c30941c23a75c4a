import { readCall } from '../../src/cli/call-values.js';
import { showResult, toJson } from '../../src/cli/values.js';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import type { BuiltLibrary, BuiltProject } from '../../src/functions/built.js';
import { callBuilt, specOf } from '../../src/functions/callers.js';
import { t } from '../../src/functions/define/index.js';
import { recordKey } from '../../src/functions/release/record.js';
import { config, makeProject, removeProjects } from '../functions/build/project.js';
import { builtShop, release } from '../functions/release/project.js';
import { type CliResult, runCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const KINDS = `local M = {}

---@function ofString
---@flags no-writes
---@arg x string
---@return string
function M.text(keys, args) return args.x end

---@function ofBytes
---@flags no-writes
---@arg x bytes
---@return bytes
function M.bytes(keys, args) return args.x:reverse() end

---@function ofNumber
---@flags no-writes
---@arg x number
---@return number
function M.number(keys, args) return args.x end

---@function ofInteger
---@flags no-writes
---@arg x integer
---@return integer
function M.integer(keys, args) return args.x end

---@function ofBoolean
---@flags no-writes
---@arg x boolean
---@return boolean
function M.boolean(keys, args) return not args.x end

---@function ofNullable
---@flags no-writes
---@arg x string?
---@arg n number?
---@return { x: string?, n: number? }
function M.nullable(keys, args) return { x = args.x, n = args.n } end

---@function ofArray
---@flags no-writes
---@arg x number[]
---@return number[]
function M.array(keys, args) return args.x end

---@function ofRecord
---@flags no-writes
---@arg x { name: string, blob: bytes, tags: string[] }
---@return { name: string, blob: bytes, tags: string[] }
function M.record(keys, args) return args.x end

---@function ofMap
---@flags no-writes
---@arg x table<string, integer>
---@return table<string, integer>
function M.map(keys, args) return args.x end

---@function nothing
---@key first string
---@key others string[]
function M.nothing(keys, args) redis.call("SET", keys.first, #keys.others) end

---@function fails
---@flags no-writes
function M.fails() error({ err = "NOFUNDS no money" }) end

---@function failsOnOne
---@flags no-writes
---@return string
function M.failsOnOne()
  if redis.call("CLUSTER", "MYID") == "THIS_NODE" then error({ err = "NOFUNDS no money" }) end
  return "fine"
end

return M
`;

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
let dir: string;
let built: BuiltProject;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
  const text = KINDS.replace('THIS_NODE', cluster.nodes[1]?.id as string);
  dir = makeProject({ 'shardfold.config.json': config(), 'functions/leaderboard/kinds.lua': text });
  built = await builtShop(dir);
  await release(link, built);
});
afterAll(async () => {
  await link.close();
  removeProjects();
});

/** What `call` prints for arguments that it was given, without the process around it. */
async function printed(name: string, ...args: string[]): Promise<{ plain: string; json: string }> {
  const library = built.libraries[0] as BuiltLibrary;
  const { keys, args: values } = readCall(specOf(library, name), { keys: [], args });
  const value = await callBuilt(link, library, name, keys, values, {}, link.context());
  return { plain: showResult(value), json: JSON.stringify(toJson(value)) };
}

const run = (...args: string[]): Promise<CliResult> =>
  runCli(['call', ...args], { env: { SHARDFOLD_URL: cluster.url }, cwd: dir });
const fails = async (...args: string[]) => {
  const result = await run(...args);
  expect(result).toMatchObject({ code: 1, stdout: '' });
  return result.stderr;
};

it.each([
  ['ofString', 'x=a=b {ü}', 'a=b {ü}'],
  ['ofBytes', 'x=base64:AP8=', 'base64:/wA='],
  ['ofBytes', 'x=ab', 'base64:YmE='],
  ['ofNumber', 'x=-0', '-0'],
  ['ofNumber', 'x=1e308', '1e+308'],
  ['ofInteger', 'x=-9007199254740991', '-9007199254740991'],
  ['ofBoolean', 'x=true', 'false'],
  ['ofArray', 'x=[1,2.5,"-Infinity"]', '[1,2.5,"-Infinity"]'],
  ['ofArray', 'x=[]', '[]'],
  ['ofMap', 'x={"a b":1}', '{"a b":1}'],
  ['ofRecord', 'x={"name":"n","blob":"base64:AP8=","tags":["t"]}', '{"name":"n","blob":"base64:AP8=","tags":["t"]}'],
  ['ofNullable', 'x=null', '{"x":"null","n":null}'],
])('%s %s is %s', async (name, arg, plain) => {
  expect((await printed(name, arg)).plain).toBe(plain);
});

it.each([
  ['ofString', 'x=ü', '"ü"'],
  ['ofBytes', 'x=ab', '"base64:YmE="'],
  ['ofNumber', 'x=-0', '"-0"'],
  ['ofNumber', 'x=NaN', '"NaN"'],
  ['ofNumber', 'x=0.1', '0.1'],
  ['ofBoolean', 'x=false', 'true'],
])('%s %s is the JSON %s', async (name, arg, json) => {
  expect((await printed(name, arg)).json).toBe(json);
});

it('prints what it was given back, as text and as JSON', async () => {
  const fine = { code: 0, stderr: '' };
  const bytes = {
    plain: await run('ofBytes', '--arg', 'x=base64:AP8='),
    json: await run('ofBytes', '--arg', 'ab', '--json'),
  };
  expect(bytes).toEqual({ plain: { ...fine, stdout: 'base64:/wA=\n' }, json: { ...fine, stdout: '"base64:YmE="\n' } });
});

it('takes keys and arguments in order, too, and any number of a last key', async () => {
  expect(await run('ofNumber', '--arg', '3.5')).toMatchObject({ code: 0, stdout: '3.5\n' });
  expect(await run('ofNullable', '--arg', 'n=2')).toMatchObject({ code: 0, stdout: '{"x":null,"n":2}\n' });
  const many = ['--key', '{a}1', '--key', '{a}2', '--key', 'others={a}3'];
  expect(await run('nothing', ...many)).toEqual({ code: 0, stdout: 'null\n', stderr: '' });
  const get = { key: '{a}1', command: ['GET', '{a}1'], readOnly: true, idempotent: true };
  expect(String(await link.call(get, link.context()))).toBe('2');
});

it('runs on all shards, and fails where one of them fails', async () => {
  const fine = await run('ofInteger', '--arg', '7', '--all-shards');
  expect(fine).toMatchObject({ code: 0, stderr: '' });
  expect(fine.stdout).toMatch(/^shard +reply$/m);
  expect(fine.stdout.match(/^127\.0\.0\.1:\d+ +7$/gm)).toHaveLength(3);

  const failed = await run('failsOnOne', '--all-shards');
  expect(failed.code).toBe(1);
  expect(failed.stdout.match(/^127\.0\.0\.1:\d+ +fine$/gm)).toHaveLength(2);
  expect(failed.stdout).toMatch(/^127\.0\.0\.1:\d+ +FUNCTION_FAILED: NOFUNDS no money/m);
  const json = JSON.parse((await run('failsOnOne', '--all-shards', '--json')).stdout);
  expect(json.map((reply: { value?: string; error?: { code: string } }) => reply.value ?? reply.error?.code)).toEqual([
    'fine',
    'FUNCTION_FAILED',
    'fine',
  ]);
  expect(await fails('nothing', '--key', 'a', '--all-shards')).toContain('nothing takes keys');
});

it('says where a function failed', async () => {
  expect(await fails('fails')).toContain('error FUNCTION_FAILED: NOFUNDS no money');
});

it.each([
  [['ofNumber', 'y=1'], 'ofNumber: has no argument "y"'],
  [['ofNumber', 'x=1', 'x=2'], 'ofNumber: the argument "x" is given twice'],
  [['ofNumber', '1', '2'], 'ofNumber: takes 1 argument'],
  [['ofNumber', 'x=one'], 'ofNumber: x is not a number: one'],
  [['ofNumber'], 'ofNumber: lacks the argument "x"'],
  [['ofInteger', 'x=1.5'], 'ofInteger: x is not an integer'],
  [['ofBoolean', 'x=yes'], 'ofBoolean: x is not true or false: yes'],
  [['ofArray', 'x=1,2'], 'ofArray: x is not JSON: 1,2'],
  [['ofArray', 'x=["a"]'], 'ofArray: x[0] is not a number'],
  [['ofBytes', 'x=base64:?'], 'ofBytes: x is not base64'],
  [['ofRecord', 'x={"name":"n"}'], 'ofRecord: x lacks the field "blob"'],
])('refuses %j with the signature', async ([name, ...args], problem) => {
  await expect(printed(name as string, ...args)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(problem),
    hint: expect.stringContaining(`${name}({}, { x: `),
  });
});

it('says what it refuses, and how it is called', async () => {
  const stderr = await fails('ofString', '--key', 'board=1', '--arg', 'x=1');
  expect(stderr).toContain('error INVALID_ARGUMENT: ofString: has no key "board"\nhint: ofString({}, { x: string })');
});

it('takes names that objects inherit', () => {
  const spec = { name: 'f', flags: [], keys: {}, args: { constructor: t.string, x: t.string }, returns: t.null };
  expect({ ...readCall(spec, { keys: [], args: ['a', 'x=b'] }).args }).toEqual({ constructor: 'a', x: 'b' });
});

it('goes by the sources where the user may not read the record of releases', async () => {
  for (const { id } of link.nodes()) {
    const acl = ['ACL', 'SETUSER', 'caller', 'reset', 'on', '>pw', '+@all', '-hmget', '~*'];
    await link.callNode(id, acl, link.context(), true);
  }
  const env = { SHARDFOLD_URL: cluster.url, SHARDFOLD_USER: 'caller', SHARDFOLD_PASSWORD: 'pw' };
  const call = (name: string, cwd: string) => runCli(['call', name, '--arg', '2'], { env, cwd });
  expect(await call('ofNumber', dir)).toMatchObject({ code: 0, stdout: '2\n' });
  expect(await call('ofNumbr', dir)).toMatchObject({
    stderr: expect.stringMatching(
      /FUNCTION_MISSING: shop, as its sources are, has no function ofNumbr\nhint: did you mean/,
    ),
  });
  expect(await call('ofNumber', '/')).toMatchObject({ code: 1, stderr: expect.stringContaining('NO_PERMISSION') });
});

it('knows functions by name, with and without a project', async () => {
  expect(await fails('ofNumbr', '--arg', '1')).toMatch(
    /FUNCTION_MISSING: release 1 of shop has no function ofNumbr\nhint: did you mean ofNumber\?/,
  );
  expect(await fails('quite')).toMatch(
    /hint: it has 12 functions, among them ofString, ofBytes, .*; shardfold deploy brings new ones/,
  );
  // The prefix of tables is nothing to releases.
  const call = ['call', 'ofNumber', '--arg', '2', '--prefix', 'other'];
  const elsewhere = () => runCli(call, { env: { SHARDFOLD_URL: cluster.url }, cwd: '/' });
  expect(await elsewhere()).toMatchObject({ code: 0, stdout: '2\n' });
  const forget = { key: recordKey, command: ['DEL', recordKey], readOnly: false, idempotent: true };
  await link.call(forget, link.context());
  expect(await elsewhere()).toMatchObject({ code: 1, stderr: expect.stringContaining('RELEASE_NOT_FOUND') });
});

it('says how it is used, with another flag for the key of a certificate', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  for (const part of [
    'Examples:',
    'Exit codes:',
    '--env',
    '--url',
    '--json',
    '--tls-key <file>',
    '--key <name=value>',
  ]) {
    expect(stdout).toContain(part);
  }
});

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, startCli } from '../harness/cli.js';
import { sharedUrl, testCluster } from '../harness/cluster.js';

it('shows help and version on stdout, and usage errors on stderr with exit code 2', async () => {
  const help = await runCli(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/Usage: shardfold[\s\S]*Commands:[\s\S]* dev [\s\S]*Examples:[\s\S]*Exit codes:/);
  expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  for (const [args, says] of [
    [[], /Usage: shardfold/],
    [['tabels'], /unknown command 'tabels'[\s\S]*Did you mean tables/],
    [['tables', '--colour'], /unknown option '--colour'/],
    [['tables', '--timeout', 'soon'], /A time is needed, such as 30s/],
  ] as const) {
    expect(await runCli(args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(says) });
  }
});

it('shows the connection options in a group of their own', async () => {
  const { stdout } = await runCli(['tables', '--help']);
  const group = stdout.slice(stdout.indexOf('Connection and output:'));
  for (const flag of ['--url', '--user', '--tls', '--ca', '--cert', '--key', '--timeout', '--prefix', '--json']) {
    expect(group).toContain(flag);
  }
});

describe('what cannot be reached', () => {
  it('is an error with a hint, and nothing on stdout', async () => {
    const refused = await runCli(['tables', '--url', 'redis://127.0.0.1:1']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^error CONNECTION_FAILED: .*127\.0\.0\.1:1.*\nhint: .+\n$/);
    const wrong = await runCli(['tables', '--url', 'http://localhost']);
    expect(wrong.stderr).toMatch(/^error INVALID_ARGUMENT: .*\nhint: the form is redis:\/\//);
  });

  it('takes the URL from the environment, and the flag before it', async () => {
    const env = { SHARDFOLD_URL: 'redis://127.0.0.1:1' };
    expect((await runCli(['tables'], { env })).stderr).toContain('127.0.0.1:1');
    expect(await runCli(['tables', '--json', '--url', sharedUrl(1)], { env })).toMatchObject({
      code: 0,
      stdout: /^\[/,
    });
  });

  it('names a certificate that cannot be read, and half a pair', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'shardfold-test-'));
    const file = join(dir, 'a.pem');
    await writeFile(file, 'a certificate');
    const absent = await runCli(['tables', '--ca', join(dir, 'absent.pem')]);
    expect(absent.stderr).toMatch(/^error FILE_UNREADABLE: --ca .*absent\.pem cannot be read/);
    const half = await runCli(['tables', '--cert', file]);
    expect(half.stderr).toMatch(/^error INVALID_ARGUMENT: --cert and --key belong together/);
    await rm(dir, { recursive: true });
  });
});

describe('a server with a password', () => {
  const server = testCluster({ clusterMode: false, config: { requirepass: 'open-sesame' } });

  it('takes it from the environment, and says when it is missing or wrong', async () => {
    const run = (password?: string) =>
      runCli(['tables', '--url', server.url, '--json'], { env: { SHARDFOLD_PASSWORD: password } });
    expect(await run('open-sesame')).toMatchObject({ code: 0, stdout: '[]\n' });
    for (const password of [undefined, 'wrong']) {
      const { code, stdout, stderr } = await run(password);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^error AUTH_FAILED: /);
    }
  });
});

it('does not become the default user where the password of another is missing', async () => {
  const env = { SHARDFOLD_PASSWORD: undefined };
  const named = sharedUrl(1).replace('://', '://bob@');
  for (const args of [
    ['--user', 'bob', '--url', sharedUrl(1)],
    ['--url', named],
  ]) {
    expect(await runCli(['tables', ...args], { env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error AUTH_FAILED: no password for bob: set SHARDFOLD_PASSWORD\nhint: /),
    });
  }
  const unknown = await runCli(['tables', '--user', 'bob', '--url', sharedUrl(1)], { env: { SHARDFOLD_PASSWORD: '' } });
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error AUTH_FAILED: WRONGPASS/) });
});

it('ends with 130 when it is interrupted', async () => {
  // Something that accepts and never answers.
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const child = startCli(['tables', '--url', `redis://127.0.0.1:${port}`]);
  await once(silent, 'connection');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  for (const socket of sockets) socket.destroy();
  silent.close();
  expect(code).toBe(130);
});

it('does not mind a reader that leaves early', async () => {
  const child = startCli(['tables', '--help']);
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

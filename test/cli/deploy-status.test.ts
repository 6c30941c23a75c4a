import { library } from '../../src/functions/library.js';
import { RespConnection } from '../../src/local/resp.js';
import { runCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 2, replicas: 1 });
const run = (...args: string[]) => runCli(args, { env: { SHARDFOLD_URL: cluster.url } });

async function onNode(port: number, ...command: string[]): Promise<void> {
  const connection = new RespConnection(port);
  await connection.call(...command);
  connection.close();
}

it('shows drift, deploys, and shows all nodes in step', async () => {
  const before = await run('status');
  expect(before.code).toBe(2);
  expect(before.stdout).toMatch(/^node +role +library +hash +functions +in step +others$/m);
  expect(before.stdout.match(/^127\.0\.0\.1:\d+ +(primary|replica) +- +- +0 +no: no functions +0$/gm)).toHaveLength(4);
  expect(before.stderr).toContain(`4 of 4 nodes do not hold ${library.name}: shardfold deploy`);

  const first = await run('deploy');
  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('loaded into 2 of 2 shards') });
  expect(first.stdout.match(new RegExp(`^127\\.0\\.0\\.1:\\d+ +${library.name} +\\d+ +loaded$`, 'gm'))).toHaveLength(2);
  expect(await run('deploy')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to do') });

  const after = await run('status');
  expect(after).toMatchObject({ code: 0, stderr: '' });
  expect(after.stdout.match(new RegExp(`shardfold +${library.hash} +\\d+ +yes +0$`, 'gm'))).toHaveLength(4);
});

it('speaks JSON', async () => {
  const deployed = JSON.parse((await run('deploy', '--json')).stdout);
  expect(deployed).toMatchObject({ library: library.name, hash: library.hash });
  expect(deployed.nodes).toHaveLength(2);
  await onNode(cluster.nodes[0]?.port as number, 'FUNCTION', 'FLUSH');
  const drifted = await run('status', '--json');
  expect(drifted).toMatchObject({ code: 2, stderr: '' });
  const report = JSON.parse(drifted.stdout);
  expect(report).toMatchObject({ library: library.name, inStep: false });
  const first = report.nodes.find(({ id }: { id: string }) => id === cluster.nodes[0]?.id);
  expect(first).toMatchObject({ role: 'primary', inStep: false, asked: true, problem: 'no functions' });
});

it('ends with 1 and a hint where it cannot connect, or may not', async () => {
  const nowhere = await runCli(['status', '--url', 'redis://127.0.0.1:1']);
  expect(nowhere).toMatchObject({ code: 1, stdout: '' });
  expect(nowhere.stderr).toMatch(/^error CONNECTION_FAILED: cannot connect to 127\.0\.0\.1:1.*\nhint: /);

  for (const { port } of cluster.nodes) await onNode(port, 'ACL', 'SETUSER', 'app', 'on', '>pw', '+@all', '-function');
  const env = { SHARDFOLD_URL: cluster.url, SHARDFOLD_USER: 'app', SHARDFOLD_PASSWORD: 'pw' };
  const deploy = await runCli(['deploy'], { env });
  expect(deploy).toMatchObject({ code: 1, stdout: '' });
  expect(deploy.stderr).toMatch(/^error DEPLOY_FAILED: .*\n {2}127\.0\.0\.1:\d+: NOPERM/m);
  const status = await runCli(['status'], { env });
  expect(status.code).toBe(1);
  expect(status.stdout).toContain('cannot be asked, see below');
  expect(status.stderr).toMatch(/^127\.0\.0\.1:\d+: NOPERM/m);
});

it.each(['deploy', 'status'])('%s says how it is used', async (name) => {
  const { code, stdout } = await runCli([name, '--help']);
  expect(code).toBe(0);
  for (const part of ['Examples:', 'Exit codes:', '--url', '--json']) expect(stdout).toContain(part);
});

/** Which servers a command about a project talks to, and as whom. */
import { RespConnection } from '../../src/local/resp.js';
import { ADD_LUA, config, makeProject, removeProjects, TEXT_LUA } from '../functions/build/project.js';
import { runCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 1 });
afterEach(removeProjects);

const NOWHERE = 'redis://127.0.0.1:1';
const LIBRARY = { 'functions/leaderboard/add.lua': ADD_LUA, 'functions/leaderboard/text.lua': TEXT_LUA };

/** True where the command reached the servers; false where it went nowhere, or as somebody unknown. */
async function reaches(more: object, args: readonly string[] = [], env: Record<string, string> = {}): Promise<boolean> {
  const cwd = makeProject({ ...LIBRARY, 'shardfold.config.json': config(more) });
  const { code, stderr } = await runCli(['plan', ...args], { cwd, env });
  if (code !== 2) expect(stderr).toMatch(/^error (CONNECTION_FAILED: cannot connect to 127\.0\.0\.1:1\b|AUTH_FAILED)/);
  return code === 2;
}

describe('the servers are those of', () => {
  const to = (url: string) => ({ url });
  const both = () => ({ here: to(cluster.url), nowhere: to(NOWHERE) });

  it('--url before all', async () => {
    const environments = { nowhere: to(NOWHERE) };
    const args = ['--url', cluster.url];
    expect(await reaches({ environments, defaultEnvironment: 'nowhere' }, args, { SHARDFOLD_URL: NOWHERE })).toBe(true);
    expect(await reaches({ environments }, [...args, '--env', 'nowhere'])).toBe(true);
  });

  it('--env before SHARDFOLD_URL', async () => {
    expect(await reaches({ environments: both() }, ['--env', 'here'], { SHARDFOLD_URL: NOWHERE })).toBe(true);
    expect(await reaches({ environments: both() }, ['--env', 'nowhere'], { SHARDFOLD_URL: cluster.url })).toBe(false);
  });

  it('SHARDFOLD_URL before the default environment, and that before none', async () => {
    const more = { environments: both(), defaultEnvironment: 'here' };
    expect(await reaches(more, [], { SHARDFOLD_URL: NOWHERE })).toBe(false);
    expect(await reaches(more)).toBe(true);
    expect(await reaches({ environments: { here: to(cluster.url) } })).toBe(true);
  });
});

describe('the user is that of', () => {
  beforeAll(async () => {
    const connection = new RespConnection(cluster.nodes[0]?.port as number);
    await connection.call('ACL', 'SETUSER', 'deployer', 'on', '>secret', '~*', '+@all');
    await connection.call('ACL', 'SETUSER', 'other', 'on', '>theirs', '~*', '+@all');
    connection.close();
  });
  const more = (password = '$' + '{PW}') => ({
    environments: { here: { url: cluster.url, username: 'deployer', password } },
  });

  it('the environment, with its password', async () => {
    expect(await reaches(more(), [], { PW: 'secret', SHARDFOLD_USER: 'other', SHARDFOLD_PASSWORD: 'theirs' })).toBe(
      true,
    );
    expect(await reaches(more('wrong'), [], { SHARDFOLD_PASSWORD: 'secret' })).toBe(false);
  });

  it('--user, with the password of SHARDFOLD_PASSWORD', async () => {
    expect(await reaches(more(), ['--user', 'other'], { PW: 'secret', SHARDFOLD_PASSWORD: 'theirs' })).toBe(true);
  });
});

it('wants a configuration where --env or --config is said', async () => {
  const cwd = makeProject({});
  const env = { SHARDFOLD_URL: cluster.url };
  for (const args of [
    ['--env', 'x'],
    ['--config', 'x.json'],
  ]) {
    expect(await runCli(['plan', ...args], { cwd, env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error CONFIG_INVALID'),
    });
  }
});

import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isExecutable, which } from '../../src/local/run.js';
import { findServer } from '../../src/local/server-binary.js';

const saved = { ...process.env };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shardfold-test-server-'));
  delete process.env.SHARDFOLD_SERVER;
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
});
afterEach(async () => {
  for (const name of ['PATH', 'SHARDFOLD_SERVER', 'XDG_CACHE_HOME']) {
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  }
  await rm(folder, { recursive: true, force: true });
});

/** A program that prints a line as a server would for --version. */
async function fakeServer(name: string, says: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\necho '${says}'\n`);
  await chmod(file, 0o755);
  return file;
}

it('takes SHARDFOLD_SERVER, and says so where it is no server', async () => {
  const server = await fakeServer('mine', 'Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64 build=0');
  process.env.SHARDFOLD_SERVER = server;
  expect(await findServer()).toEqual({
    path: server,
    env: {},
    kind: 'valkey',
    version: '8.1.1',
    source: 'SHARDFOLD_SERVER',
  });

  process.env.SHARDFOLD_SERVER = join(folder, 'absent');
  await expect(findServer()).rejects.toMatchObject({
    code: 'NO_SERVER_BINARY',
    message: expect.stringMatching(/^SHARDFOLD_SERVER: .*absent is no Redis or Valkey server/),
    hint: expect.stringContaining('7.0 or later'),
  });

  process.env.SHARDFOLD_SERVER = await fakeServer(
    'old',
    'Redis server v=6.0.16 sha=00000000:0 malloc=libc bits=64 build=0',
  );
  await expect(findServer()).rejects.toMatchObject({
    message: expect.stringContaining('is redis 6.0.16, older than 7.0'),
  });
});

it('prefers Valkey on PATH, and passes over what is too old', async () => {
  process.env.PATH = folder;
  const redis = await fakeServer('redis-server', 'Redis server v=7.2.4 sha=00000000:0 malloc=libc bits=64 build=0');
  expect(await findServer()).toMatchObject({ path: redis, kind: 'redis', version: '7.2.4', source: 'PATH' });
  const valkey = await fakeServer('valkey-server', 'Valkey server v=9.1.2 sha=00000000:0 malloc=libc bits=64 build=0');
  expect(await findServer()).toMatchObject({ path: valkey, kind: 'valkey', source: 'PATH' });
  await fakeServer('valkey-server', 'Valkey server v=6.9.0 sha=00000000:0 malloc=libc bits=64 build=0');
  const said: string[] = [];
  expect(await findServer({ onProgress: (text) => said.push(text) })).toMatchObject({ path: redis });
  expect(said).toEqual([expect.stringContaining('valkey 6.9.0, older than 7.0')]);
});

it('names what to install where there is nothing at all', async () => {
  process.env.PATH = folder;
  const brew = await Promise.all(
    ['/opt/homebrew/bin/brew', '/usr/local/bin/brew', '/home/linuxbrew/.linuxbrew/bin/brew'].map(isExecutable),
  );
  if (brew.includes(true)) {
    console.log('not tested here: a machine without any server, since Homebrew is installed');
    return;
  }
  await expect(findServer()).rejects.toMatchObject({
    code: 'NO_SERVER_BINARY',
    message: 'no Redis or Valkey server was found',
    hint: expect.stringMatching(/apt-get install redis-server.*brew install valkey.*SHARDFOLD_SERVER/),
  });
});

it('installs by Homebrew where that is all there is', async () => {
  process.env.PATH = folder;
  const cellar = join(folder, 'opt', 'valkey');
  // Says `brew --prefix` for what is not installed as well, like the real one.
  await writeFile(
    join(folder, 'brew'),
    `#!/bin/sh
case $1 in
  --prefix) echo '${folder}/opt/'$2 ;;
  install) /bin/mkdir -p '${cellar}/bin'; /bin/cp '${folder}/template' '${cellar}/bin/valkey-server' ;;
esac
`,
  );
  await chmod(join(folder, 'brew'), 0o755);
  await fakeServer('template', 'Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64 build=0');
  const said: string[] = [];
  const server = await findServer({ onProgress: (text) => said.push(text) });
  expect(server).toMatchObject({ path: join(cellar, 'bin', 'valkey-server'), source: 'homebrew', version: '8.1.1' });
  expect(said).toEqual(['no server found: running "brew install valkey"']);
  said.length = 0;
  expect(await findServer({ onProgress: (text) => said.push(text) })).toEqual(server);
  expect(said).toEqual([]);
});

it("fetches the distribution's packages without root, and finds them again in the cache", async () => {
  const tools = await Promise.all(['apt-get', 'apt-cache', 'dpkg-deb'].map(which));
  if (tools.includes(undefined)) {
    console.log('not tested here: packages of Debian and Ubuntu, since there is no apt-get');
    return;
  }
  // Everything that is on PATH, but no server.
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const place of (process.env.PATH ?? '').split(':').reverse()) {
    for (const name of await readdir(place).catch(() => [])) {
      if (/^(redis|valkey)-|^brew$/.test(name)) continue;
      await rm(join(bin, name), { force: true });
      await symlink(join(place, name), join(bin, name));
    }
  }
  process.env.PATH = bin;
  const said: string[] = [];
  let server: Awaited<ReturnType<typeof findServer>>;
  try {
    server = await findServer({ onProgress: (text) => said.push(text) });
  } catch (error) {
    if (!/could not be downloaded|have no valkey/.test(String(error))) throw error;
    console.log(`not tested here: the package archive cannot be reached (${error})`);
    return;
  }
  expect(server.source).toBe('debian');
  expect(server.path.startsWith(join(folder, 'cache', 'shardfold'))).toBe(true);
  expect(said.at(-1)).toMatch(/fetching (valkey|redis)-server and its libraries/);
  expect(await readdir(join(folder, 'cache', 'shardfold', 'server'))).toHaveLength(1);

  // All libraries but those of the C library come from the cache, so that none need be installed.
  const libraries = execFileSync('ldd', [server.path], { encoding: 'utf8', env: { ...process.env, ...server.env } });
  const elsewhere = libraries.split('\n').filter((line) => line.includes('=>') && !line.includes(folder));
  for (const line of elsewhere) expect(line).toMatch(/\b(libc|libm|libpthread|libdl|librt|libresolv)\.so/);

  expect(await findServer()).toEqual({ ...server, source: 'cache' });

  // A cache that was damaged is made anew.
  await rm(server.path);
  await writeFile(server.path, '#!/bin/sh\nexit 1\n');
  await chmod(server.path, 0o755);
  expect(await findServer()).toEqual(server);
});

import { join } from 'node:path';
import { loadConfig } from '../../../src/functions/build/config.js';
import { findEnvironment, resolveEnvironment } from '../../../src/functions/build/environment.js';
import { config, makeProject, removeProjects } from './project.js';

afterEach(removeProjects);

const LIBRARY = { 'functions/leaderboard/.keep': '' };
const load = (text: string, name = 'shardfold.config.json') => {
  const dir = makeProject({ ...LIBRARY, [name]: text });
  return loadConfig(dir);
};

describe('loadConfig', () => {
  it('finds the file upwards, and fills in what may be left out', async () => {
    const dir = makeProject({ ...LIBRARY, 'shardfold.config.json': config() });
    expect(await loadConfig(join(dir, 'functions/leaderboard'))).toEqual({
      project: 'shop',
      dir,
      file: join(dir, 'shardfold.config.json'),
      libraries: [{ name: 'leaderboard', dir: join(dir, 'functions/leaderboard') }],
      environments: [],
      kernels: false,
      outDir: join(dir, 'generated'),
    });
  });

  it('takes the file that is named, and all that can be set', async () => {
    const environments = {
      local: { url: 'redis://127.0.0.1:7000', prefix: 'x' },
      production: { url: 'rediss://r:1', username: 'deployer', password: '$' + '{PW}', tls: { ca: './ca.pem' } },
    };
    const more = { environments, defaultEnvironment: 'local', kernels: true, outDir: 'src/bindings' };
    const dir = makeProject({ ...LIBRARY, 'other.json': config(more) });
    expect(await loadConfig(dir, 'other.json')).toMatchObject({
      environments: [
        { name: 'local', ...environments.local },
        { name: 'production', ...environments.production },
      ],
      defaultEnvironment: 'local',
      kernels: true,
      outDir: join(dir, 'src/bindings'),
    });
  });

  it('runs modules', async () => {
    const text = `const name = 'sh' + 'op';\nexport default { project: name, libraries: { a: 'functions/leaderboard' } };`;
    expect((await load(text, 'shardfold.config.mjs')).project).toBe('shop');
  });

  const refused: [string, string, RegExp][] = [
    ['no object', '[]', /^shardfold\.config\.json: the configuration is an array$/],
    ['JSON that is none', '{', /shardfold\.config\.json cannot be read: .*JSON/],
    ['an unknown field', config({ kernel: true }), /unknown field kernel: did you mean kernels\?/],
    ['another unknown field', config({ library: {} }), /unknown field library: there are project, libraries, /],
    ['no project', config({ project: undefined }), /project is undefined; servers allow letters, digits and _/],
    ['a dash', config({ project: 'my-shop' }), /project is "my-shop"; servers allow/],
    ['our own name', config({ project: 'shardfold' }), /"shardfold" is the name of Shardfold's own library/],
    ['no libraries', config({ libraries: {} }), /libraries names no library/],
    ['a library with a dash', config({ libraries: { 'a-b': '.' } }), /the name of a library is "a-b"/],
    ['a library named as a keyword', config({ libraries: { delete: 'functions' } }), /cannot be named delete/],
    ['a library that is no text', config({ libraries: { a: 1 } }), /libraries\.a is 1, not a folder/],
    ['a missing folder', config({ libraries: { a: 'nowhere' } }), /libraries\.a: there is no folder nowhere/],
    ['an unknown default', config({ defaultEnvironment: 'x' }), /defaultEnvironment names no environment: "x"/],
    ['environments that are none', config({ environments: [] }), /environments is an array: \{ local/],
    [
      'an environment that is none',
      config({ environments: { a: 'redis://x' } }),
      /environments\.a is "redis:\/\/x": \{ url/,
    ],
    ['an environment without url', config({ environments: { a: {} } }), /environments\.a has no url/],
    [
      'a user',
      config({ environments: { a: { url: 'x', user: 'y' } } }),
      /unknown field environments\.a\.user: there are url, username, password/,
    ],
    [
      'a password that is no text',
      config({ environments: { a: { url: 'x', password: 1 } } }),
      /a\.password is 1, not a string/,
    ],
    ['tls', config({ environments: { a: { url: 'x', tls: 'yes' } } }), /a\.tls is "yes", not a boolean or/],
    [
      'tls with an unknown field',
      config({ environments: { a: { url: 'x', tls: { cacert: 'y' } } } }),
      /unknown field environments\.a\.tls\.cacert/,
    ],
    [
      'half a certificate',
      config({ environments: { a: { url: 'x', tls: { cert: 'y' } } } }),
      /cert and key belong together/,
    ],
    ['kernels', config({ kernels: 'no' }), /kernels is "no", not a boolean/],
    ['outDir', config({ outDir: 3 }), /outDir is 3, not a folder/],
    ['the project as outDir', config({ outDir: '.' }), /outDir is the folder of the project itself/],
  ];
  it.each(refused)('refuses %s', async (_, text, message) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
  });

  it('names all that is wrong at once', async () => {
    const wrong = config({ project: '1', kernels: 1 });
    await expect(load(wrong)).rejects.toMatchObject({ message: expect.stringMatching(/project is.*\n.*kernels is 1/) });
  });

  it('says where it looked, and what makes a project', async () => {
    const dir = makeProject({});
    await expect(loadConfig(dir)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `there is no shardfold.config.ts in ${dir} or above it`,
      hint: expect.stringContaining('shardfold init'),
    });
    await expect(loadConfig(dir, 'gone.json')).rejects.toMatchObject({
      message: `there is no file ${join(dir, 'gone.json')}`,
    });
  });

  it('tells of a module that exports nothing, or fails', async () => {
    await expect(load('export const a = 1;', 'shardfold.config.mjs')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('exports nothing by default'),
    });
    await expect(load('throw new Error("no luck");', 'shardfold.config.mjs')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/shardfold\.config\.mjs cannot be read: no luck$/),
    });
  });
});

describe('environments', () => {
  const two = {
    local: { url: 'redis://a:1' },
    production: { url: 'redis://$' + '{HOST}:1', tls: { ca: '$' + '{CA}' } },
  };

  it('are found by name, else the default, else the only one', async () => {
    const both = await load(config({ environments: two }));
    expect(findEnvironment(both, 'production')?.name).toBe('production');
    expect(findEnvironment(both)).toBeUndefined();
    expect(findEnvironment(await load(config({ environments: two, defaultEnvironment: 'local' })))?.name).toBe('local');
    expect(findEnvironment(await load(config({ environments: { only: two.local } })))?.name).toBe('only');
    expect(() => findEnvironment(both, 'prodution')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', hint: 'did you mean "production"?' }),
    );
  });

  it('take values from variables, and name those that are not set', async () => {
    const { environments } = await load(config({ environments: two }));
    const [local, production] = environments as [(typeof environments)[0], (typeof environments)[0]];
    expect(resolveEnvironment(local, {})).toEqual({ name: 'local', url: 'redis://a:1' });
    expect(resolveEnvironment(production, { HOST: 'h', CA: 'c' })).toMatchObject({
      url: 'redis://h:1',
      tls: { ca: 'c' },
    });
    expect(() => resolveEnvironment(production, { HOST: 'h' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: 'the environment variable CA is not set; tls.ca of the environment "production" needs it',
      }),
    );
  });
});

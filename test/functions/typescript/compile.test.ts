import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { checkLua } from '../../../src/functions/build/lua-check.js';
import type { BuiltLibrary } from '../../../src/functions/built.js';
import { callBuilt } from '../../../src/functions/callers.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';
import { buildSources, compileSources } from './library.js';
import { addScores } from './sources/first/add.js';

describe('compileTypeScript', () => {
  let link: ClusterLink;
  let library: BuiltLibrary;
  beforeAll(async () => {
    link = await connectCluster({ url: sharedUrl(3) });
    library = await buildSources('first');
  });
  afterAll(() => link.close());

  const call = (name: string, keys: object, args: object) =>
    callBuilt(link, library, name, keys, args, { idempotent: true }, link.context());

  const entries = [
    { player: 'ann', score: 0.1 },
    { player: 'bob', score: 0.2 },
    { player: 'skip', score: 9 },
    { player: 'ann', score: 20 },
  ];

  it('reads specs, files and lines off the types', async () => {
    const { functions, modules } = await compileSources('first');
    expect(functions).toEqual([
      {
        name: 'addScores',
        named: true,
        flags: ['no-writes'],
        module: 'add',
        field: 'addScores',
        file: 'first/add.ts',
        line: 6,
        spec: {
          name: 'addScores',
          flags: ['no-writes'],
          keys: { board: { kind: 'string' } },
          args: {
            entries: {
              kind: 'array',
              of: { kind: 'record', fields: { player: { kind: 'string' }, score: { kind: 'number' } } },
            },
            factor: { kind: 'nullable', of: { kind: 'number' } },
            blob: { kind: 'bytes' },
          },
          returns: {
            kind: 'record',
            fields: { sum: { kind: 'number' }, text: { kind: 'string' }, players: { kind: 'integer' } },
          },
        },
      },
      {
        name: 'nothing',
        named: true,
        flags: [],
        module: 'add',
        field: 'nothing',
        file: 'first/add.ts',
        line: 29,
        spec: { name: 'nothing', flags: [], keys: {}, args: {}, returns: { kind: 'null' } },
      },
    ]);
    expect([...modules.keys()]).toEqual(
      expect.arrayContaining(['add', 'lib.counter', 'lualib_bundle', 'shardfold.js-number']),
    );
    const add = modules.get('add');
    expect(add?.lines).toHaveLength(add?.text.split('\n').length ?? 0);
  });

  it.each(['first', 'same', 'server', 'failing'])('makes Lua that servers take: %s', async (name) => {
    const { modules } = await compileSources(name);
    expect([...modules.values()].flatMap((module) => checkLua(module))).toEqual([]);
  });

  it('gives what the body gives as JavaScript', async () => {
    const keys = { board: uniquePrefix() };
    const args = { entries, factor: null, blob: Buffer.from([0, 255]) };
    expect(await call('addScores', keys, args)).toEqual(addScores.body(keys, args));
    expect(await call('nothing', {}, {})).toBeNull();
  });

  it('names the TypeScript file and line of an error', async () => {
    const args = { entries, factor: -1, blob: Buffer.alloc(0) };
    await expect(call('addScores', { board: uniquePrefix() }, args)).rejects.toMatchObject({
      message: expect.stringMatching(/^NEGATIVE the sum is -20\.3/),
      kernel: 'addScores (first/add.ts:23)',
    });
  });
});

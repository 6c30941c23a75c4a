import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo } from '../../../src/cluster/types.js';
import { type Bundle, bundleLibrary } from '../../../src/functions/bundle.js';
import { type Compared, diffCode, diffLibraries } from '../../../src/functions/release/diff.js';
import { bundleParts } from '../../../src/functions/release/parts.js';
import { testCluster } from '../../harness/cluster.js';
import { sampleLibrary } from '../sample.js';
import { byHand, flushAll, onNode, primariesOf } from './servers.js';

const ADD = 'local helper = require("helper")\nreturn function(keys, args)\n  return helper(args[1])\nend\n';
const HELPER = 'return function(x)\n  return x + 1\nend\n';

function library(modules: Record<string, string>, options: { stable?: boolean; flags?: string[] } = {}): Bundle {
  const { stable = false, flags = [] } = options;
  const functions = ['add', 'other']
    .filter((name) => name in modules)
    .map((name) => ({ name, flags, module: name, file: `functions/${name}.lua`, line: 1 }));
  const load = (name: string) => ({ file: `functions/${name}.lua`, text: modules[name] as string });
  return bundleLibrary({ library: 'board', functions, load, stable });
}

const old = library({ add: ADD, helper: HELPER });

describe('bundleParts', () => {
  it.each([true, false])('finds every module again, and what stands around them (stable: %s)', (stable) => {
    const made = library({ add: ADD, helper: HELPER }, { stable });
    const parts = bundleParts(made.code, made.hash);
    expect(parts.slice(0, 2)).toEqual([
      { module: 'helper', text: HELPER },
      { module: 'add', text: ADD },
    ]);
    expect(parts).toHaveLength(3);
    expect(parts[2]).toMatchObject({ module: null, text: expect.stringContaining('function_name = "add"') });
    expect(parts[2]?.text).not.toContain(made.hash);
  });

  it('takes what others wrote as one part', () => {
    expect(bundleParts(byHand('a', 'f'), '')).toEqual([{ module: null, text: byHand('a', 'f') }]);
  });
});

describe('diffCode', () => {
  it('names the modules that changed, with the file of the source', () => {
    expect(diffCode(old.code, old, old.name)).toEqual([]);
    const changed = library({ add: ADD, helper: HELPER.replace('+ 1', '+ 2') });
    expect(diffCode(old.code, changed, old.name)).toEqual([
      {
        module: 'helper',
        change: 'changed',
        patch:
          '--- running/functions/helper.lua\n+++ source/functions/helper.lua\n@@ -1,3 +1,3 @@\n return function(x)\n-  return x + 1\n+  return x + 2\n end\n',
      },
    ]);
  });

  it('tells of modules that came and went, and of changed flags', () => {
    const more = library(
      { add: 'return function() end\n', other: 'return function() end\n' },
      { flags: ['no-writes'] },
    );
    expect(diffCode(old.code, more, old.name).map(({ module, change }) => [module, change])).toEqual([
      ['add', 'changed'],
      ['other', 'added'],
      [null, 'changed'],
      ['helper', 'removed'],
    ]);
    const flags = diffCode(old.code, library({ add: ADD, helper: HELPER }, { flags: ['no-writes'] }), old.name);
    expect(flags).toMatchObject([{ module: null, change: 'changed' }]);
    expect(flags[0]?.patch).toMatch(/^-.*flags = \{ {2}\}.*\n\+.*flags = \{ "no-writes" \}/m);
    expect(diffCode(null, old, '').map(({ change }) => change)).toEqual(['added', 'added', 'added']);
  });

  it('sees a change that no module shows', () => {
    const forged = old.code.replace('\n-- ', '\n--  ').replace(/\n$/, ' \n');
    expect(diffCode(forged, old, old.name)).toMatchObject([{ module: null, change: 'changed' }]);
  });
});

describe('diffLibraries', () => {
  const cluster = testCluster({ shards: 3 });
  let link: ClusterLink;
  beforeAll(async () => {
    link = await connectCluster({ url: cluster.url });
  });
  afterAll(() => link.close());
  const diff = (...compared: Compared[]) => diffLibraries(link, compared, link.context());

  it('says what each primary runs', async () => {
    await flushAll(link);
    const [first, second, third] = primariesOf(link) as [NodeInfo, NodeInfo, NodeInfo];
    const sample = sampleLibrary();
    for (const node of [first, second]) await onNode(link, node, 'FUNCTION', 'LOAD', old.code);
    await onNode(link, third, 'FUNCTION', 'LOAD', old.code.replace('x + 1', 'x + 7'));
    const [board, absent] = await diff(
      { source: 'board', wanted: old, current: old.name },
      { source: 'sample', wanted: sample, current: null },
    );
    expect(board).toMatchObject({
      source: 'board',
      name: old.name,
      running: [
        { name: old.name, nodes: [first.address, second.address], modules: [] },
        { name: old.name, nodes: [third.address], modules: [{ module: 'helper', change: 'changed' }] },
      ],
    });
    expect(absent?.running).toMatchObject([{ name: null, nodes: [first.address, second.address, third.address] }]);
    expect(absent?.running[0]?.modules.every(({ change }) => change === 'added')).toBe(true);
  });

  it('counts a node that lacks the current library as one that runs nothing', async () => {
    await flushAll(link);
    const [board] = await diff({ source: 'board', wanted: old, current: 'board_000000000000' });
    expect(board?.running).toMatchObject([{ name: null, modules: [{ change: 'added' }, {}, {}] }]);
  });
});

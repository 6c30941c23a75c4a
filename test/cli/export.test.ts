import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeInfo } from '../../src/cluster/types.js';
import { listings, onNode, primariesOf } from '../functions/release/servers.js';
import { wipe } from '../functions/release/shop.js';
import { runCli } from '../harness/cli.js';
import { Shop } from './shop.js';

const shop = new Shop(0);

describe('export and restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardfold-export-'));
  const file = join(folder, 'backup.json');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('write all functions to a file, and bring them back', async () => {
    await shop.release(1);
    const before = await listings(shop.link);
    const exported = await shop.run('export', file);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    expect(exported.stderr).toMatch(/backup\.json: 3 libraries of 3 shards, 1 release, \d+\.\d kB\n$/);
    expect(await shop.run('restore', file)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('nothing to do'),
    });

    await wipe(shop.link);
    const asked = await shop.run('restore', file);
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
    expect(asked.stdout).toMatch(new RegExp(`^${shop.nameOf('carts')} +all 3 shards +- +-$`, 'm'));
    expect(asked.stdout).toContain('1 release record: add\n');
    expect((await listings(shop.link)).join('')).toBe('');
    const piped = await runCli(['restore', '-', '--yes'], { ...shop.options, input: readFileSync(file) });
    expect(piped).toMatchObject({ code: 0, stderr: expect.stringContaining('read back from every shard') });
    expect(await listings(shop.link)).toEqual(before);
    await shop.replicasInStep();
    expect(await shop.run('status')).toMatchObject({ code: 0 });

    const again = await shop.run('export', '-');
    expect(JSON.parse(again.stdout).libraries).toEqual(JSON.parse(readFileSync(file, 'utf8')).libraries);
  });

  it('say how shards differ, and refuse what they may not replace', async () => {
    await shop.release(1);
    const [first] = primariesOf(shop.link) as [NodeInfo];
    await onNode(shop.link, first, 'FUNCTION', 'DELETE', 'shop');
    const exported = await shop.run('export', file, '--json');
    expect(exported).toMatchObject({ code: 0, stderr: expect.stringContaining('note: shop was only on') });
    expect(JSON.parse(exported.stdout)).toEqual({ file, libraries: 3, nodes: 3, releases: 1 });
    await onNode(shop.link, first, 'FUNCTION', 'LOAD', 'REPLACE', `${shop.built.libraries[0]?.code} `);
    const refused = await shop.run('restore', file, '--yes');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('hint: --replace') });
    expect(await shop.run('restore', file, '--yes', '--replace')).toMatchObject({ code: 0 });
    const [one, ...others] = await listings(shop.link);
    expect(others).toEqual([one, one]);
  });

  it('name a file that cannot be read or written', async () => {
    const nowhere = join(folder, 'no/backup.json');
    for (const [command, what] of [
      ['export', 'UNWRITABLE'],
      ['restore', 'UNREADABLE'],
    ] as const) {
      expect(await shop.run(command, nowhere)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`error FILE_${what}`),
      });
    }
  });
});

it('says how it is used', async () => {
  for (const name of ['export', 'restore']) {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--env', '--url', '--json', '--yes', '--key <file>'])
      expect(stdout).toContain(part);
  }
});

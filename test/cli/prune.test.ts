import { connectCluster } from '../../src/cluster/connect.js';
import type { NodeInfo } from '../../src/cluster/types.js';
import { announce } from '../../src/functions/announce.js';
import { listings, onNode, primariesOf } from '../functions/release/servers.js';
import { runCli } from '../harness/cli.js';
import { Shop } from './shop.js';

const shop = new Shop(0);

describe('prune', () => {
  it('shows what would go and why the rest stays, and goes on with --yes', async () => {
    await shop.release(1, 2, 3);
    const asked = await shop.run('prune');
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringMatching(/no terminal to ask on\nhint: --yes/) });
    expect(asked.stdout).toMatch(new RegExp(`^${shop.nameOf('carts')} +3 +remove +of release 1$`, 'm'));
    expect(asked.stdout).toMatch(new RegExp(`^${shop.nameOf('board')} +3 +keep +releases 2, 3$`, 'm'));
    expect(asked.stdout).toContain('releases of shop, kept: 2, 3; to be forgotten: 1\n');
    const named = await shop.run('prune', shop.nameOf('board'));
    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('error LIBRARY_IN_USE:') });

    const done = await shop.run('prune', '--yes', '--json');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ removed: [shop.nameOf('carts')], forgotten: [1], kept: [2, 3] });
    for (const held of await listings(shop.link)) expect(held).not.toContain(shop.nameOf('carts'));
    expect(await runCli(['prune'], { ...shop.options, cwd: '/' })).toMatchObject({
      code: 0,
      stderr: 'nothing to remove\n',
    });
  });

  it('keeps what a connected app calls, says so by its exit code, and removes it by force', async () => {
    await shop.release(1, 2, 3);
    const app = await connectCluster({ url: shop.cluster.url });
    try {
      announce(app, shop.nameOf('carts'));
      const [first] = primariesOf(shop.link) as [NodeInfo];
      while (!String(await onNode(shop.link, first, 'CLIENT', 'LIST')).includes(shop.nameOf('carts'))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const kept = await shop.run('prune', '--yes');
      expect(kept).toMatchObject({ code: 2, stderr: expect.stringContaining('connected apps keep 1 library') });
      expect(kept.stdout).toMatch(
        new RegExp(`^${shop.nameOf('carts')} +3 +keep +client 127\\.0\\.0\\.1:\\d+ for \\d+ s and 2 more$`, 'm'),
      );
      expect((await listings(shop.link))[0]).toContain(shop.nameOf('carts'));
      const forced = await shop.run('prune', '--yes', '--force');
      expect(forced).toMatchObject({
        code: 0,
        stderr: 'removed 1 library from every shard and the record of release 1\n',
      });
      for (const held of await listings(shop.link)) expect(held).not.toContain(shop.nameOf('carts'));
    } finally {
      await app.close();
    }
  });
});

describe('prune --all', () => {
  it('shows what goes, asks, and retires the project', async () => {
    await shop.release(1, 2, 3);
    const asked = await shop.run('prune', '--project', 'shop', '--all');
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringMatching(/no terminal to ask on\nhint: --yes/) });
    expect(asked.stdout).toMatch(new RegExp(`^${shop.nameOf('board')} +3 +remove +of releases 1, 2, 3$`, 'm'));
    expect(asked.stdout).toMatch(/^shop +3 +remove +stable names$/m);
    expect(asked.stdout).toContain('releases of shop, kept: none; to be forgotten: 1, 2, 3\n');
    expect(await shop.run('prune', '--project', 'shop', '--all', '--yes')).toMatchObject({
      code: 0,
      stderr: 'removed 5 libraries from every shard and the records of releases 1, 2, 3\n',
    });
    for (const held of await listings(shop.link)) expect(held).toBe('');
    expect(await shop.run('releases')).toMatchObject({ code: 0, stdout: expect.not.stringContaining('version') });
  });

  it('shows which apps call it, and refuses before it asks', async () => {
    await shop.release(1);
    const app = await connectCluster({ url: shop.cluster.url });
    try {
      announce(app, shop.nameOf('carts'));
      const [first] = primariesOf(shop.link) as [NodeInfo];
      while (!String(await onNode(shop.link, first, 'CLIENT', 'LIST')).includes(shop.nameOf('carts'))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const refused = await shop.run('prune', '--project', 'shop', '--all', '--yes');
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('error LIBRARY_IN_USE:') });
      expect(refused.stdout).toMatch(new RegExp(`^${shop.nameOf('carts')} +3 +keep +client `, 'm'));
    } finally {
      await app.close();
    }
  });

  it('wants the name of the project, and no libraries', async () => {
    const hint = expect.stringContaining('hint: shardfold prune --project NAME --all');
    expect(await shop.run('prune', '--all', '--yes')).toMatchObject({ code: 1, stderr: hint });
    expect(await shop.run('prune', 'carts', '--project', 'shop', '--all', '--yes')).toMatchObject({
      code: 1,
      stderr: hint,
    });
  });
});

it('says how it is used', async () => {
  for (const name of ['prune']) {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--env', '--url', '--json', '--yes', '--key <file>'])
      expect(stdout).toContain(part);
  }
});

import { runCli } from '../harness/cli.js';
import { Shop } from './shop.js';

const shop = new Shop(0);

describe('diff', () => {
  it('compares the sources with what runs, module by module', async () => {
    const none = await shop.run('diff');
    expect(none).toMatchObject({ code: 2, stderr: 'no release runs yet; shardfold deploy brings the sources\n' });
    expect(none.stdout).toContain('--- /dev/null\n+++ source/functions/carts/version.lua\n');
    await shop.release(1);
    const same = await shop.run('diff');
    expect(same).toMatchObject({ code: 0, stderr: 'release 1 runs, just what the sources say\n' });
    expect(same.stdout.match(/^\w+: [0-9a-f]{12}, no difference$/gm)).toHaveLength(3);

    shop.writeCarts(2);
    const changed = await shop.run('diff', 'carts');
    expect(changed.code).toBe(2);
    expect(changed.stdout).toMatch(
      /^carts: [0-9a-f]{12} → [0-9a-f]{12}, modules: 1 changed\n--- running\/functions\/carts\/version\.lua\n\+\+\+ source\/functions\/carts\/version\.lua\n@@/,
    );
    expect(changed.stdout).toMatch(/^-return function\(\) return 1 end\n\+return function\(\) return 2 end$/m);
    expect(JSON.parse((await shop.run('diff', '--json')).stdout)).toMatchObject({
      project: 'shop',
      release: 1,
      same: false,
    });
    expect(await shop.run('diff', 'cart')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it has board, carts, shop'),
    });
  });
});

it('says how it is used', async () => {
  for (const name of ['diff']) {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--env', '--url', '--json', '--yes', '--key <file>'])
      expect(stdout).toContain(part);
  }
});

import { createInterface } from 'node:readline';
import { connectCluster } from '../../src/cluster/connect.js';
import { slotOf } from '../../src/cluster/slots.js';
import type { NodeInfo } from '../../src/cluster/types.js';
import type { BuiltLibrary } from '../../src/functions/built.js';
import { type Caller, callersOf } from '../../src/functions/callers.js';
import { mapShards } from '../../src/functions/map-shards.js';
import { recordKey } from '../../src/functions/release/record.js';
import { leaveLease, takeLease } from '../../src/functions/release/record-write.js';
import { onNode, primariesOf } from '../functions/release/servers.js';
import { type CliProcess, runCli, startCli } from '../harness/cli.js';
import { Shop } from './shop.js';

const shop = new Shop(1);
const portOf = ({ address }: NodeInfo) => Number(address.split(':')[1]);

describe('status of a project', () => {
  it('shows what each node lacks of the current release, and since when it is right again', async () => {
    const nothing = await shop.run('status');
    expect(nothing).toMatchObject({ code: 2, stdout: '', stderr: 'shop has no release here yet: shardfold deploy\n' });
    await shop.release(1);
    await shop.replicasInStep();
    const fine = await shop.run('status');
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).toMatch(
      /^release 1 of shop, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, by ann: version 1\n\nnode +role +libraries +in step\n/,
    );
    expect(fine.stdout.match(/^127\.0\.0\.1:\d+ +(primary|replica) +3 of 3 +yes$/gm)).toHaveLength(6);

    const [first] = primariesOf(shop.link) as [NodeInfo];
    await onNode(shop.link, first, 'FUNCTION', 'DELETE', shop.nameOf('carts'));
    await onNode(shop.link, first, 'FUNCTION', 'LOAD', 'REPLACE', `${shop.built.alias?.code} `);
    await shop.replicasInStep();
    const drift = await shop.run('status');
    expect(drift).toMatchObject({
      code: 2,
      stderr: '2 of 6 nodes are not in step with release 1 of shop: shardfold deploy\n',
    });
    expect(drift.stdout).toContain(
      `${first.address}  primary  1 of 3     no: carts is missing, shop was changed by hand\n`,
    );
    const json = JSON.parse((await shop.run('status', '--json')).stdout);
    expect(json).toMatchObject({
      project: 'shop',
      inStep: false,
      release: { number: 1, who: 'ann', message: 'version 1' },
    });
    expect(json.nodes).toHaveLength(6);
    expect(json.nodes[0]).toMatchObject({
      address: first.address,
      libraries: [{ state: 'in step' }, { state: 'missing' }, { state: 'changed' }],
    });
  });

  it('tells who deploys now, and whose deploy never ended', async () => {
    const take = (leaseMs: number, token: string) =>
      takeLease({ link: shop.link, project: 'shop', token, who: 'bob', leaseMs }, shop.link.context());
    const never = /^a deploy of bob, since \d{4}-\d\d-\d\dT.*Z, never ended\n$/;
    const look = async () => {
      const { deploying, died } = JSON.parse((await shop.run('status', '--json')).stdout);
      return { text: (await shop.run('status')).stderr, deploying: deploying?.who, died: died?.who };
    };
    await take(1, 'dead');
    const first = await look();
    expect(first).toMatchObject({ died: 'bob' });
    expect(first.text).toMatch(
      /^shop has no release here yet: shardfold deploy; a deploy of bob, since .*, never ended\n$/,
    );
    await take(60_000, 'live');
    expect(await look()).toMatchObject({ text: 'bob deploys shop now\n', deploying: 'bob' });
    await leaveLease({ link: shop.link, project: 'shop', token: 'live', who: '', leaseMs: 0 }, 0, shop.link.context());
    await shop.release(1);
    await shop.replicasInStep();
    expect(await look()).toEqual({ text: '' });
    await take(1, 'dead');
    const second = await look();
    expect(second.text).toMatch(never);
    expect(second).toMatchObject({ died: 'bob' });
    await take(60_000, 'live');
    expect(await look()).toMatchObject({ text: 'bob deploys now\n', deploying: 'bob' });
  });

  it('names the release that a node has stayed at', async () => {
    await shop.release(1);
    const [first] = primariesOf(shop.link) as [NodeInfo];
    const old = shop.built.alias?.code as string;
    await shop.release(2);
    await onNode(shop.link, first, 'FUNCTION', 'LOAD', 'REPLACE', old);
    expect((await shop.run('status')).stdout).toContain('no: shop is of release 1\n');
  });

  it('ends with 1 where a node cannot be asked, or the place of the record', async () => {
    await shop.release(1);
    const replica = shop.link.nodes().find(({ role }) => role === 'replica') as NodeInfo;
    shop.cluster.kill(portOf(replica), 'SIGSTOP');
    try {
      const { code, stdout, stderr } = await shop.run('status', '--timeout', '500ms');
      expect(code).toBe(1);
      expect(stdout).toMatch(new RegExp(`^${replica.address} +replica +- +cannot be asked, see below$`, 'm'));
      // A deploy would not help.
      expect(stderr).toMatch(new RegExp(`^${replica.address}: no progress for 500 ms.*\n$`));
    } finally {
      shop.cluster.kill(portOf(replica), 'SIGCONT');
    }
    expect(await runCli(['status', '--project', 'other'], { ...shop.options, cwd: '/' })).toMatchObject({
      code: 2,
      stderr: 'other has no release here yet: shardfold deploy\n',
    });
  });
});

describe('status --watch', () => {
  const lines = (child: CliProcess) => createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = (child: CliProcess) => new Promise((resolve) => child.once('exit', resolve));

  it('prints a line when a shard loses its functions and when it is healed, and ends well by Ctrl-C', async () => {
    await shop.release(1);
    await shop.replicasInStep();
    const child = startCli(['status', '--watch', '--interval', '50ms'], shop.options);
    const app = await connectCluster({ url: shop.cluster.url });
    try {
      const seen = lines(child);
      const next = async () => String((await seen.next()).value);
      expect(await next()).toMatch(/^\d\d:\d\d:\d\d {2}release 1 of shop, 6 of 6 nodes in step$/);
      const [, second] = primariesOf(shop.link) as [NodeInfo, NodeInfo];
      await onNode(shop.link, second, 'FUNCTION', 'DELETE', shop.nameOf('carts'));
      expect(await next()).toContain(`${second.address}: carts is missing`);
      // The first call that finds it missing puts it right.
      const { version } = callersOf(app, shop.built.libraries[1] as BuiltLibrary);
      expect(await mapShards(app, version as Caller, {}, {}, app.context())).toMatchObject(Array(3).fill({ value: 1 }));
      let line = '';
      while (!line.includes('6 of 6')) line = await next();
    } finally {
      await app.close();
      child.kill('SIGINT');
    }
    expect(await ended(child)).toBe(0);
  });

  it('prints a line of JSON a change, and shows what stands in the way until it has passed', async () => {
    const child = startCli(['status', '--watch', '--json', '--interval', '50ms', '--timeout', '500ms'], shop.options);
    try {
      const seen = lines(child);
      const next = async () => JSON.parse(String((await seen.next()).value));
      expect(await next()).toMatchObject({ time: expect.any(String), project: 'shop', release: null });
      await shop.release(1);
      let state = await next();
      while (!state.inStep) state = await next();
      expect(state).toMatchObject({ release: { number: 1 }, deploying: null });
      const port = portOf(shop.link.ownerOf(slotOf(recordKey)));
      shop.cluster.kill(port, 'SIGSTOP');
      try {
        while (!state.error) state = await next();
        expect(state.error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining(`127.0.0.1:${port}`) });
      } finally {
        shop.cluster.kill(port, 'SIGCONT');
      }
      while (!state.inStep) state = await next();
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended(child)).toBe(0);
  });
});

it('says how it is used', async () => {
  for (const name of ['status']) {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--env', '--url', '--json', '--yes', '--key <file>'])
      expect(stdout).toContain(part);
  }
});

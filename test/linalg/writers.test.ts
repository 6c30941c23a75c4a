/** Updates are whole or not there, whoever dies, races, or is asked twice. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterLink, KeyedCall } from '../../src/cluster/types.js';
import { Vector } from '../../src/linalg/vector.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { tableKey } from '../../src/storage/keys.js';
import { sharedUrl } from '../harness/cluster.js';
import { keysOf, watchedLink } from '../storage/tables.js';
import { axpyOf, bits, expectSame, expectSound, numbers, testShardfold } from './vectors.js';

const sf = testShardfold();

describe('writers', () => {
  it('that race: one wins, the others say WRITE_CONFLICT and change nothing', async () => {
    const vector = await sf().vector('raced').set(numbers(20_000));
    let expected = numbers(20_000);
    for (let round = 0; round < 4; round++) {
      const factors = [2, 3, 5];
      const ends = await Promise.allSettled(factors.map((factor) => vector.scale(factor)));
      for (const [i, end] of ends.entries()) {
        if (end.status === 'fulfilled') expected = expected.map((value) => value * (factors[i] as number));
        else expect(end.reason).toMatchObject({ code: 'WRITE_CONFLICT', retryable: true });
      }
      expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
      // Products of 2, 3 and 5 round alike in any order only while they are exact; these are not, so the order shows.
      const found = await vector.get();
      expect(Math.max(...found.map((value, i) => Math.abs(value / (expected[i] as number) - 1)))).toBeLessThan(1e-15);
      expected = found;
    }
  });

  it('whose table was replaced as they began start from nothing old', async () => {
    const vector = await sf().vector('overtaken').set([1, 2, 3]);
    let met = false;
    const link = watchedLink(sf().link, async (call) => {
      if (!met && String(call.command[1]).startsWith('table_stage')) {
        met = true;
        await vector.set([10, 20, 30, 40]);
      }
      return call;
    });
    const scaling = new Vector(link, 'overtaken').scale(2);
    await expect(scaling).rejects.toMatchObject({ code: 'WRITE_CONFLICT' });
    expect(await vector.get()).toEqual(Float64Array.of(10, 20, 30, 40));
  });

  it('that lose every first reply still write each value once', async () => {
    const [x, y] = [numbers(10_000, 5), numbers(10_000, 6)];
    await sf().vector('lossy y').set(y);
    await sf().vector('lossy x').set(x, { alignWith: 'lossy y' });
    // Each call of a function reaches the servers twice: as after a connection that was lost before its reply.
    const link = repeating(sf().link);
    await new Vector(link, 'lossy y').axpy(0.3, 'lossy x');
    expectSame(await sf().vector('lossy y').get(), axpyOf(0.3, x, y));
    await expectSound(sf().link, 'lossy y');
  });

  it('that find a part of what they wrote gone give up', async () => {
    await sf().vector('failed over').set(numbers(20_000));
    let parts = 0;
    const link = watchedLink(sf().link, async (call) => {
      if (String(call.command[1]).startsWith('scale_') && ++parts === 3) {
        const target = call.command[4] as string;
        await sf().link.call(
          { key: target, command: ['UNLINK', target], readOnly: false, idempotent: true },
          sf().link.context(),
        );
      }
      return call;
    });
    const work = new Vector(link, 'failed over').scale(2);
    await expect(work).rejects.toMatchObject({ code: 'CLUSTER_DOWN', message: expect.stringContaining('lost a part') });
    expect(await sf().vector('failed over').get()).toEqual(numbers(20_000));
  });

  it('that are aborted change nothing', async () => {
    await sf().vector('aborted').set(numbers(30_000));
    const abort = new AbortController();
    const link = watchedLink(sf().link, (call) => {
      if (String(call.command[1]).startsWith('scale_')) abort.abort();
      return call;
    });
    const work = new Vector(link, 'aborted').scale(2, 'aborted', { signal: abort.signal });
    await expect(work).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await sf().vector('aborted').get()).toEqual(numbers(30_000));
    await expect(sf().vector('aborted').sum({ signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

function repeating(link: ClusterLink): ClusterLink {
  return watchedLink(link, async (call: KeyedCall) => {
    if (call.command[0] === 'FCALL') await link.call(call, link.context());
    return call;
  });
}

describe('a writer that dies', () => {
  const { emitWarning } = process;
  beforeAll(() => {
    // A write that cannot be taken back says so; here that is the point.
    process.emitWarning = () => undefined;
  });
  afterAll(() => {
    process.emitWarning = emitWarning;
  });

  const alone = testShardfold();

  it('after any call leaves the old values or the new, and fsck collects the rest', async () => {
    const { link } = alone();
    const [x, y] = [numbers(9000, 1), numbers(9000, 2)];
    const outcomes = new Set<string>();
    for (let n = 1; ; n++) {
      const vector = await alone().vector('dying').set(y, { graceMs: 0 });
      await alone().vector('with').set(x, { graceMs: 0 });
      await fsck(link, { repair: true, graceMs: 0 }, link.context());
      const before = await keysOf(link);
      let calls = 0;
      const dying = watchedLink(link, async (call) => {
        if (++calls < n) return call;
        if (calls === n) await link.call(call, link.context());
        throw new Error('killed');
      });
      await new Vector(dying, 'dying').axpy(3, 'with').catch((error) => expect(String(error)).toMatch(/killed/));
      const found = bits(await vector.get());
      const isOld = found.equals(bits(y));
      outcomes.add(isOld ? 'old' : 'new');
      if (!isOld) expect(found.equals(bits(axpyOf(3, x, y)))).toBe(true);
      if (isOld) await expire(link, 'dying');
      await fsck(link, { repair: true, graceMs: 0 }, link.context());
      expect(await fsck(link, {}, link.context())).toMatchObject({ findings: [] });
      if (isOld) expect(await keysOf(link)).toEqual(before);
      else expect((await keysOf(link)).length).toBe(before.length);
      expect(bits(await vector.get()).equals(found)).toBe(true);
      if (calls < n) break;
    }
    expect(outcomes).toEqual(new Set(['old', 'new']));
  }, 120_000);

  it.each([0, 3, 11])('as a process, some %i ms into an axpy, leaves every value as often increased', async (ms) => {
    const { link } = alone();
    const program = `import { bundle } from './test/harness/bundle.mjs';
      console.log(await bundle('test/linalg/doomed-adder.ts', 'doomed-adder'));`;
    const file = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).trim();
    const counter = await alone().vector('counter').set(new Float64Array(50_000));
    await alone().vector('ones').set(new Float64Array(50_000).fill(1));
    const child = spawn(process.execPath, [file, sharedUrl(3), link.prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
    let finished = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      finished = Number(line);
      if (finished >= 2) break;
    }
    await sleep(ms);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const values = await counter.get();
    expect(values[0]).toBeGreaterThanOrEqual(finished);
    expect(new Set(values).size).toBe(1);
    await expire(link, 'counter');
    await fsck(link, { repair: true, graceMs: 0 }, link.context());
    expect(await fsck(link, {}, link.context())).toMatchObject({ findings: [] });
    expect(await counter.get()).toEqual(values);
    await counter.axpy(1, 'ones');
    expect((await counter.get())[49_999]).toBe((values[0] as number) + 1);
  });

  /** Ends the leases of a table's staged writes, as time would. */
  async function expire(link: ClusterLink, name: string): Promise<void> {
    const { tableId, prefix } = await openTable(link, name, link.context());
    const key = tableKey(prefix, tableId);
    const fields = await link.call(
      { key, command: ['HGETALL', key], readOnly: true, idempotent: true },
      link.context(),
    );
    const flat = (fields as Buffer[]).map(String);
    for (const [i, text] of flat.entries()) {
      if (i % 2 === 0 || !text.startsWith('W ')) continue;
      const command = ['HSET', key, flat[i - 1] as string, text.replace(/^W \d+/, 'W 1')];
      await link.call({ key, command, readOnly: false, idempotent: true }, link.context());
    }
    await sleep(2);
  }
});

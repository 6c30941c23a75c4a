import { jest } from '@jest/globals';
import { createContext, sleepUnder, waitUnder } from '../../src/cluster/context.js';

const never = new Promise<never>(() => undefined);

describe('a context', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ends after its timeout without progress, and progress puts the end off', async () => {
    const context = createContext({ timeoutMs: 100 }, 30_000);
    const ends: string[] = [];
    const waiting = waitUnder(context, never, () => 'a reply').catch((error) => ends.push(error.message));
    jest.advanceTimersByTime(90);
    expect(context.remaining()).toBeCloseTo(10);
    context.progress();
    jest.advanceTimersByTime(90);
    expect(() => context.check()).not.toThrow();
    expect(ends).toEqual([]);
    jest.advanceTimersByTime(11);
    await waiting;
    expect(ends).toEqual(['no progress for 100 ms while waiting for a reply']);
    expect(context.remaining()).toBe(0);
    expect(() => context.check()).toThrow(expect.objectContaining({ code: 'TIMEOUT', retryable: true }));
  });

  it('rejects everything that waits when its signal fires, with the reason as cause', async () => {
    const controller = new AbortController();
    const context = createContext({ signal: controller.signal }, 30_000);
    const all = [1, 2, 3].map((n) => waitUnder(context, never, () => `reply ${n}`));
    all.push(sleepUnder(context, 1000, () => 'a pause') as Promise<never>);
    const reason = new Error('the user left');
    controller.abort(reason);
    const results = await Promise.allSettled(all);
    expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual(
      ['reply 1', 'reply 2', 'reply 3', 'a pause'].map((what) =>
        expect.objectContaining({ code: 'ABORTED', message: `aborted while waiting for ${what}`, cause: reason }),
      ),
    );
    expect(() => context.check()).toThrow(expect.objectContaining({ code: 'ABORTED' }));
    await expect(waitUnder(context, Promise.resolve(1), () => 'x')).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('leaves no timer and no listener behind', async () => {
    const controller = new AbortController();
    const context = createContext({ signal: controller.signal }, 30_000);
    const added = jest.spyOn(controller.signal, 'addEventListener');
    const removed = jest.spyOn(controller.signal, 'removeEventListener');
    await expect(waitUnder(context, Promise.resolve('value'), () => 'x')).resolves.toBe('value');
    await expect(waitUnder(context, Promise.reject(new Error('no')), () => 'x')).rejects.toThrow('no');
    await Promise.all([1, 2].map((n) => waitUnder(context, Promise.resolve(n), () => 'x')));
    expect(jest.getTimerCount()).toBe(0);
    expect(added).toHaveBeenCalledTimes(3);
    expect(removed).toHaveBeenCalledTimes(3);
  });

  it('shares one listener on a signal that many contexts have', async () => {
    const controller = new AbortController();
    const added = jest.spyOn(controller.signal, 'addEventListener');
    const wait = () => waitUnder(createContext({ signal: controller.signal }, 30_000), never, () => 'x');
    const all = Array.from({ length: 20 }, wait);
    expect(added).toHaveBeenCalledTimes(1);
    controller.abort();
    const results = await Promise.allSettled(all);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes a timeout longer than a timer can be', async () => {
    const context = createContext({ timeoutMs: 2 ** 40 }, 30_000);
    const waiting = waitUnder(context, never, () => 'x').catch((error) => error.code);
    await jest.advanceTimersByTimeAsync(2 ** 32);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(2 ** 40);
    expect(await waiting).toBe('TIMEOUT');
  });

  it('refuses a timeout that is none', () => {
    for (const timeoutMs of [0, -1, Number.NaN]) {
      expect(() => createContext({ timeoutMs }, 1)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
  });
});

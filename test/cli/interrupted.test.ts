import { interruptible } from '../../src/cli/interrupted.js';
import { toJsonText } from '../../src/cli/output.js';
import { ShardfoldError } from '../../src/errors.js';

const waiting = new ShardfoldError('ABORTED', 'aborted while waiting for HGET on 127.0.0.1:7000');
const fails = (error: Error) => () => Promise.reject(error);

it('says what Ctrl-C meant, and leaves other errors as they are', async () => {
  const { signal } = new AbortController();
  const what = 'nothing was imported';
  await expect(interruptible(signal, { what }, fails(waiting))).rejects.toBe(waiting);
  const aborted = AbortSignal.abort();
  await expect(interruptible(aborted, { what, hint: 'look' }, fails(waiting))).rejects.toMatchObject({
    code: 'ABORTED',
    message: 'interrupted: nothing was imported',
    hint: 'look',
    cause: waiting,
  });
  const other = new ShardfoldError('DATA_LOSS', 'gone');
  await expect(interruptible(aborted, { what }, fails(other))).rejects.toBe(other);
  expect(await interruptible(aborted, { what }, async () => 3)).toBe(3);
});

it('prints times with three decimals, and other numbers as they are', () => {
  const value = { wallMs: 12.345678901, seconds: 1 / 3, bytes: 1 / 3, big: 2n ** 60n, shards: [{ serverMs: 0.00049 }] };
  expect(toJsonText(value)).toBe(
    '{"wallMs":12.346,"seconds":0.333,"bytes":0.3333333333333333,"big":"1152921504606846976","shards":[{"serverMs":0}]}',
  );
});

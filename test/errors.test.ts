import { isErrorCode, ShardfoldError } from '../src/errors.js';

it('carries what failed, where, and what mends it', () => {
  const cause = new Error('socket closed');
  const error = new ShardfoldError('TIMEOUT', 'no progress', {
    hint: 'wait longer',
    shard: 'a:1',
    slot: 5,
    kernel: 'sum',
    cause,
  });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'ShardfoldError',
    code: 'TIMEOUT',
    message: 'no progress',
    retryable: true,
    hint: 'wait longer',
    shard: 'a:1',
    slot: 5,
    kernel: 'sum',
    cause,
  });
});

it('knows which errors may pass when the call is made again', () => {
  const retryable = (code: ConstructorParameters<typeof ShardfoldError>[0]) => new ShardfoldError(code, '').retryable;
  expect(
    ['TIMEOUT', 'CLUSTER_DOWN', 'CONNECTION_FAILED', 'VERSION_COLLECTED'].map((code) => retryable(code as 'TIMEOUT')),
  ).toEqual([true, true, true, true]);
  expect(
    ['DATA_LOSS', 'ABORTED', 'UNKNOWN_COLUMN', 'NUMERIC_OVERFLOW'].map((code) => retryable(code as 'TIMEOUT')),
  ).toEqual([false, false, false, false]);
});

it('has no cause where none was given', () => {
  expect('cause' in new ShardfoldError('ABORTED', 'stopped')).toBe(false);
});

it('tells codes from other words, and from what objects inherit', () => {
  expect(['DATA_LOSS', 'NOPERM', 'toString', '__proto__', ''].map(isErrorCode)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

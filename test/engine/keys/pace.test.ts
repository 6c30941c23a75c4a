// How long a call over keys may last: a millisecond, and up to two by the clock where something else slows the server down.
import { KeyPace, TARGET_US } from '../../../src/engine/keys/pace.js';

const KEYS = 400;

function calls(pace: KeyPace, count: number, usPerKey: number): void {
  for (let i = 0; i < count; i++) pace.sawKeys(KEYS, KEYS * usPerKey);
}

it('lasts a millisecond until something is known, and where keys take what they take at best', () => {
  const pace = new KeyPace();
  expect(pace.budgetUs).toBe(TARGET_US);
  calls(pace, 50, 2);
  expect(pace.budgetUs).toBeLessThan(1.01 * TARGET_US);
  expect(pace.keys).toBeGreaterThanOrEqual(TARGET_US / 2);
  calls(pace, 50, 1);
  expect(pace.budgetUs).toBeLessThan(1.01 * TARGET_US);
});

it('lasts longer by the clock, up to twice, where the same keys take longer than before', () => {
  const pace = new KeyPace();
  calls(pace, 20, 2);
  calls(pace, 20, 3);
  expect(pace.budgetUs / TARGET_US).toBeGreaterThan(1.3);
  expect(pace.budgetUs / TARGET_US).toBeLessThan(1.5);
  calls(pace, 20, 9);
  expect(pace.budgetUs).toBe(2 * TARGET_US);
});

it('forgets the quickest call: keys that are larger from now on are no slow server', () => {
  const pace = new KeyPace();
  calls(pace, 20, 2);
  calls(pace, 300, 4);
  expect(pace.budgetUs).toBeLessThan(1.02 * TARGET_US);
});

it('judges nothing by a few keys, whose call costs more than they do', () => {
  const pace = new KeyPace();
  calls(pace, 20, 4);
  for (let i = 0; i < 20; i++) pace.sawKeys(8, 8);
  expect(pace.budgetUs).toBeLessThan(1.01 * TARGET_US);
});

it('goes on where a server tells that calls took no time at all', () => {
  const pace = new KeyPace();
  for (let i = 0; i < 20; i++) {
    pace.sawKeys(KEYS, 0);
    pace.sawMembers(KEYS, 0);
  }
  expect(pace.budgetUs).toBe(TARGET_US);
  for (const most of [pace.keys, pace.members]) expect(most).toBeGreaterThan(KEYS);
});

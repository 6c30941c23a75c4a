// Jest begins with the largest files. Those that take longest are small ones: begun last, one worker would still be at them when the other
// has nothing left to do.
import Sequencer from '@jest/test-sequencer';

const LONG = [
  'test/docs/docs.test.ts',
  'test/docs/functions.test.ts',
  'test/engine/keys/checker.test.ts',
  'test/engine/bits.test.ts',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONG.findIndex((name) => path.endsWith(name));
      return place < 0 ? LONG.length : place;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}

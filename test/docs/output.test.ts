/** What varies is masked; what does not is compared. */
import type { Block } from './markdown.js';
import { expectShown } from './output.js';

const shown = (code: string): Block => ({ language: 'text', words: [], code, line: 1 });
const compare = (code: string, output: string) => () => expectShown('some.md', shown(code), output);

let before: string | undefined;
beforeAll(() => {
  before = process.env.UPDATE_DOCS;
  delete process.env.UPDATE_DOCS;
});
afterAll(() => {
  if (before !== undefined) process.env.UPDATE_DOCS = before;
});

it.each([
  ['times', 'in the shards 12 ms; pulled 3.4 s', 'in the shards 1.2 s; pulled 800 ms'],
  ['rates', 'imported in 2.1 s, 1.4 M rows/s', 'imported in 900 ms, 3 rows/s'],
  ['addresses', '127.0.0.1:7000  primary  17', '127.0.0.1:7002  primary  12345'],
  ['hashes', 'shardfold_0123456789ab: loaded', 'shardfold_ba9876543210: loaded'],
  ['widths of columns', 'name   rows\n─────  ────\ntrips     3', 'name  rows\n────  ───\ntrips  3'],
  ['lines left out', 'a\n…\nd', 'a\nb\nc\nd'],
  ['no lines left out', 'a\n…\nd', 'a\nd'],
])('takes %s as equal', (_, code, output) => {
  expect(compare(code, output)).not.toThrow();
});

it.each([
  ['answers', 'flights  152,194  152,194  ✓', 'flights  152,195  152,194  ✗'],
  ['decimals', 'mean: 9.039545783986556', 'mean: 9.039545783986557'],
  ['chunks', '47 of 47 chunks (38 pruned)', '47 of 47 chunks (37 pruned)'],
  ['bytes stored', '6.0 MB stored', '6.1 MB stored'],
  ['lines that are missing', 'a\nb', 'a'],
  ['lines too many', 'a', 'a\nb'],
  ['lines beside those left out', 'a\n…\nd', 'a\nb\nc'],
])('does not take other %s as equal', (_, code, output) => {
  expect(compare(code, output)).toThrow();
});

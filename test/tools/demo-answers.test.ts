/** The demo's ✓ is earned: an answer that differs, however little, is a ✗. */
import { answerTable, isSameAnswer } from '../../scripts/demo/answers.mjs';
import { formatTable } from '../../src/cli/table.js';

const day = (text: string) => new Date(text);

it.each([
  ['an integer', 3, 3n],
  ['a float', 0.1 + 0.2, 0.3],
  ['a string', 'JFK', 'JFK'],
  ['a time', day('2001-01-01'), day('2001-01-01')],
  ['null', null, null],
])('takes %s as the same', (_, ours, theirs) => {
  expect(isSameAnswer([{ x: ours }], [{ x: theirs }])).toBe(true);
});

it.each([
  ['an integer by one', 2 ** 53 - 2, 2n ** 53n - 1n],
  ['an integer beyond what a number holds', 2 ** 53, 2n ** 53n + 1n],
  ['an integer by a fraction', 3.5, 3n],
  ['a float by 2e-12', 1 + 2e-12, 1],
  ['NaN', Number.NaN, 1],
  ['a string', 'JFK', 'LAX'],
  ['a time', day('2001-01-01'), day('2001-01-02')],
  ['null', null, 0n],
  ['a missing value', undefined, 1n],
])('tells %s apart', (_, ours, theirs) => {
  expect(isSameAnswer([{ x: ours }], [{ x: theirs }])).toBe(false);
});

it('tells missing and additional rows apart', () => {
  expect(isSameAnswer([], [{ x: 1n }])).toBe(false);
  expect(isSameAnswer([{ x: 1 }], [])).toBe(false);
});

it('marks each row, and colours the marks without shifting the columns', () => {
  const rooms = { formatTable, paint: (style: string, text: string) => `<${style}>${text}` };
  const table = answerTable(
    [
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
    ],
    [
      { k: 'a', n: 1n },
      { k: 'b', n: 3n },
      { k: 'c', n: 4n },
    ],
    ['k'],
    rooms,
  );
  const marks = table.split('\n').slice(2);
  expect(marks.map((line) => /<(\w+)>(.)$/.exec(line)?.slice(1))).toEqual([
    ['green', '✓'],
    ['red', '✗'],
    ['red', '✗'],
  ]);
  expect(new Set(marks.map((line) => line.indexOf('<'))).size).toBe(1);
});

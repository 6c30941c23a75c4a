/** Rows as people see them: laid out as they come. */
import { RowsText } from '../../src/cli/sql-table.js';
import type { Output } from '../../src/engine/results/source.js';

const out = (name: string, type: Output['type']): Output => ({ name, type });
const bytes = (text: string): string => Buffer.from(text).toString('latin1');
const textOf = (outputs: Output[], batches: (number | string | null)[][][], expanded: 'on' | 'off' = 'off'): string => {
  const text = new RowsText(outputs, batches[0] ?? [], expanded);
  return text.head() + batches.map((columns) => [...text.lines(columns)].join('')).join('');
};

it('has as many rows as there are', () => {
  const rows = 200_000;
  const ids = Array.from({ length: rows }, (_, i) => i);
  const lines = textOf([out('id', 'int32'), out('country', 'utf8')], [[ids, ids.map(() => 'NL')]]).split('\n');
  expect(lines).toHaveLength(rows + 3);
  expect(lines.slice(0, 3)).toEqual(['    id  country', '──────  ───────', '     0  NL']);
  expect(lines.at(-2)).toBe('199999  NL');
  const blocks = textOf([out('id', 'int32')], [[ids]], 'on').split('\n');
  expect(blocks).toHaveLength(2 * rows + 1);
  expect(blocks.slice(-3, -1)).toEqual([`── row 200000 ${'─'.repeat(24)}`, 'id  199999']);
});

it('aligns by the width on a terminal', () => {
  const outputs = [out('名', 'utf8'), out('n', 'float64')];
  const names = ['日本🎉', 'e\u0301', '👩‍👩‍👧', '한국', '©', 'a\u001b[31m\n', null, 'NULL'];
  expect(textOf(outputs, [[names.map((name) => name && bytes(name)), names.map(() => 1.5)]])).toBe(
    [
      '名               n',
      '─────────────  ───',
      '日本🎉         1.5',
      'e\u0301              1.5',
      '👩‍👩‍👧             1.5',
      '한국           1.5',
      '©              1.5',
      'a\\u001b[31m\\n  1.5',
      'NULL           1.5',
      "'NULL'         1.5",
      '',
    ].join('\n'),
  );
});

it('goes on with wider columns where later rows need them', () => {
  const outputs = [out('x', 'utf8'), out('at', 'timestamp'), out('n', 'int32')];
  const late = [['abcdef'], [1], [10]];
  expect(textOf(outputs, [[['a'], [0], [1]], late, [['b'], [null], [2]]])).toBe(
    [
      'x  at                   n',
      '─  ───────────────────  ─',
      'a  1970-01-01 00:00:00  1',
      'abcdef  1970-01-01 00:00:00.001  10',
      'b       NULL                      2',
      '',
    ].join('\n'),
  );
});

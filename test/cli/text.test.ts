import { readdirSync, readFileSync } from 'node:fs';
import { cliHint, PHRASES } from '../../src/cli/hints.js';
import { progressLine } from '../../src/cli/progress-line.js';
import { formatTable } from '../../src/cli/table.js';
import { formatBytes, formatCount, formatMs, formatRate, parseDuration } from '../../src/cli/units.js';

describe('units', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_999, '1.0 MB'],
    [15_234_567, '15.2 MB'],
    [3e15, '3000.0 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0.04, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d milliseconds are %s', (ms, text) => expect(formatMs(ms)).toBe(text));

  it('counts and rates', () => {
    expect(formatCount(3_000_000)).toBe('3,000,000');
    expect(formatCount(2n ** 60n)).toBe('1,152,921,504,606,846,976');
    expect(formatRate(3_000_000, 1500)).toBe('2.0 M rows/s');
    expect(formatRate(10, 1000, 'chunks')).toBe('10 chunks/s');
    expect(formatRate(10, 0)).toBe('0 rows/s');
  });

  it.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5', 1500],
    ['soon', undefined],
    ['-1s', undefined],
  ])('reads the time %s', (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe('tables', () => {
  it('align by width, numbers to the right', () => {
    const rows = [
      ['a', 3_000_000, null],
      ['日本🎉', -0, 'x'],
    ];
    expect(formatTable(['name', 'rows', 'note'], rows, { empty: '-' })).toBe(
      ['name       rows  note', '──────  ───────  ────', 'a       3000000  -', '日本🎉       -0  x'].join('\n'),
    );
  });

  it('of very many rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [i]);
    const lines = formatTable(['n'], rows).split('\n');
    expect([lines.length, lines[0], lines[2], lines.at(-1)]).toEqual([200_002, '     n', '     0', '199999']);
  });

  it('without rows are their titles', () => {
    expect(formatTable(['a', 'b'], [])).toBe('a  b');
  });

  it('show what would command the terminal', () => {
    expect(formatTable(['x'], [['a\u001b[31mred\n\u009b']])).toContain('a\\u001b[31mred\\n\\u009b');
  });

  it('show times, booleans and big numbers as they are', () => {
    const text = formatTable(['v'], [[new Date(0)], [true], [2n ** 53n], [Number.NaN], [undefined]]);
    expect(text.split('\n').slice(2)).toEqual(['1970-01-01T00:00:00.000Z', 'true', '9007199254740992', 'NaN', '']);
  });
});

describe('a line of progress', () => {
  const state = {
    label: 'importing flights',
    unit: 'rows',
    done: 1_200_000,
    total: 3_000_000,
    elapsedMs: 1000,
    note: '9.6 MB stored',
  };

  it('says everything where there is room', () => {
    expect(progressLine(state, 200)).toBe(
      `importing flights  ${'━'.repeat(11)}${'─'.repeat(17)} 40%  1,200,000 of 3,000,000 rows  1.2 M rows/s  1.5 s left  9.6 MB stored`,
    );
    expect(progressLine({ ...state, done: 3_000_000, note: '' }, 200)).toMatch(/━{28} 100% {2}3,000,000 of .* 1\.0 s$/);
    expect(progressLine({ ...state, total: 0, note: '' }, 80)).toBe(
      'importing flights  1,200,000 rows  1.2 M rows/s  1.0 s',
    );
    expect(progressLine({ ...state, unit: 'bytes', note: '' }, 80)).toContain('1.2 MB of 3.0 MB  1.2 MB/s');
  });

  it('fits into every width', () => {
    for (let columns = 1; columns < 140; columns++) {
      for (const total of [0, 3_000_000]) {
        expect(progressLine({ ...state, total }, columns).length).toBeLessThan(columns);
      }
    }
    expect(progressLine(state, 80)).toMatch(
      /^importing flights {2}[━─]{6,} 40% {2}1,200,000 rows {2}1\.2 M rows\/s {2}1\.5 s left$/,
    );
  });
});

describe('hints', () => {
  const stored = (select: string) =>
    `shardfold export rows.parquet --sql ${select.includes("'") ? `"SELECT ${select}"` : `'SELECT ${select}'`}, then shardfold import rows.parquet --table NAME`;

  it.each([
    [
      "make a number of it before: .withColumns({ day: col('day').year() })",
      `store a number: ${stored('EXTRACT(year FROM day) AS day, …')}`,
    ],
    [
      `leave it out, or make a number of it before: .withColumns({ "Day Of": col('Day Of').year() })`,
      `leave it out, or store a number: ${stored('EXTRACT(year FROM "Day Of") AS "Day Of", …')}`,
    ],
    [
      "make a number of it before: .withColumns({ s: col('s').cast('float64') })",
      `store a number: ${stored('CAST(s AS double precision) AS s, …')}`,
    ],
    ["make it one before: .withColumns({ ok: col('ok').eq('yes') })", `store one: ${stored("ok = 'yes' AS ok, …")}`],
    ["filter such rows out first: .filter(col('x').abs().lt(1e150))", "leave such rows out: --where 'abs(x) < 1e150'"],
    [
      'leave such rows out, e.g. .filter(col(\'Net "Price"\').abs().lt(1e150)), or divide the column by a constant',
      `leave such rows out, e.g. --where 'abs("Net ""Price""") < 1e150', or divide the column by a constant`,
    ],
    [
      ".filter(col('today's order').gtEq(0)), if such rows do not count",
      `--where '"today'\\''s order" >= 0', if such rows do not count`,
    ],
    [
      "filter such rows out first: .filter(col('order').abs().lt(1e150))",
      `leave such rows out: --where 'abs("order") < 1e150'`,
    ],
    [
      'raise maxIterations or tolerance; the model as far as it came is `last` of this error',
      'raise --max-iterations or --tolerance',
    ],
    ["nulls: 'drop' leaves them out; coalesce(…) in withColumns gives them a value", '--nulls drop leaves them out'],
    [
      "leave such columns out of x, or add a penalty: l2; method 'qr' tells columns apart that differ by less",
      'leave such columns out of --x, or add a penalty: --l2 1; --method qr tells columns apart that differ by less',
    ],
    ['leave it out of x, or scale: false', 'leave it out of --x, or leave out --scale'],
    [
      "append to it (--append, or mode: 'append'), replace it (--replace, or mode: 'replace'), or drop it first",
      'append to it (--append), replace it (--replace), or drop it first',
    ],
    ['shardfold tables, or tables() in a program, lists them all', 'shardfold tables lists them all'],
    [
      "mend the row, or load the column as text: types: { id: 'utf8' }, or --type id=utf8",
      'mend the row, or load the column as text: --type id=utf8',
    ],
    [
      'wait longer (--timeout, or the option timeout), or take what can be read by { partial: true }',
      'wait longer (--timeout)',
    ],
    [
      "filter or aggregate it first, swap the sides of an inner join, or collect({ side: 'client' }), where 9 rows are the limit",
      'filter or aggregate it first, swap the sides of an inner join',
    ],
    ['--resume, or the option resume, with what error.resume holds, goes on', undefined],
    ["cast it: .cast('utf8')", 'cast it: CAST(x AS text)'],
    [undefined, undefined],
  ])('%s', (hint, there) => expect(cliHint(hint)).toBe(there));

  it('are worded as the phrases that are looked for in them', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('hints.ts'),
    );
    const sources = files
      .map((file) => readFileSync(`src/${file}`, 'utf8'))
      .join('\n')
      .replace(/\\(.)/g, '$1');
    const ends = /^\^|\(; \|\^\)|\$$|\(\?=\$\|;\)|\(\?=\$\)/g;
    const unknown = PHRASES.filter(([from]) => !new RegExp(from.source.replace(ends, '')).test(sources));
    // These are put together of parts, or of what another phrase has left.
    expect(unknown.map(([from]) => from.source)).toEqual([
      ", or collect\\(\\{ side: 'client' \\}\\).*$",
      '; a longer timeout \\(--timeout\\)',
    ]);
  });
});

// Dates and times as text: every one that there is, and none that there is not.

import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { bind } from '../../src/expr/bind.js';
import { col } from '../../src/index.js';
import { fromPhysical, toPhysical } from '../../src/storage/schema.js';
import { fileSource, rowsSource } from '../../src/storage/sources/index.js';
import { parseText } from '../../src/storage/sources/text.js';
import { collect, failure, workFolder } from '../sources/helpers.js';

const at = workFolder();
const place = { row: 7, column: 'c' };
const two = (n: number) => String(n).padStart(2, '0');
const DAY_MS = 86_400_000;

it('every valid day goes in as text and comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_528, max: 2_932_896 }), (day) => {
      const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
      for (const read of [toPhysical, parseText]) {
        expect(read('date', text, place)).toBe(day);
        expect(read('timestamp', text, place)).toBe(day * DAY_MS);
        expect(read('timestamp', `${text}T23:59:59.999Z`, place)).toBe((day + 1) * DAY_MS - 1);
      }
      expect((fromPhysical('date', day) as Date).toISOString().slice(0, 10)).toBe(text);
    }),
  );
});

it('every point in time that a Date holds does, far years too', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) }), (date) => {
      expect(toPhysical('timestamp', date.toISOString(), place)).toBe(date.getTime());
    }),
  );
});

it('days 0 and 29 to 31 are refused where the month has none', () => {
  for (const year of [1900, 2000, 2023, 2024, 2026]) {
    for (let month = 0; month <= 13; month++) {
      for (const day of [0, 28, 29, 30, 31, 32]) {
        const text = `${year}-${two(month)}-${two(day)}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        for (const [type, value] of [
          ['date', text],
          ['timestamp', text],
          ['timestamp', `${text} 12:00:00+01:00`],
        ] as const) {
          const read = () => toPhysical(type, value, place);
          if (exists) expect(read).not.toThrow();
          else
            expect(read).toThrow(
              expect.objectContaining({
                code: 'INVALID_VALUE',
                message: expect.stringContaining(`there is no day ${text}`),
              }),
            );
        }
      }
    }
  }
});

it.each([
  ['2026-01-01T24:00:00Z', 'there is no time 24:00:00'],
  ['2026-01-01 25:00', 'there is no time 25:00'],
  ['2026-01-01T10:60:00', 'there is no time 10:60:00'],
  ['2026-01-01T10:59:60Z', 'there is no time 10:59:60'],
  ['2026-01-01T10:00+24:00', 'there is no zone +24:00'],
  ['+275760-09-13T00:00:00.001Z', 'beyond its range'],
  ['2026-1-5', 'write times as 2026-01-05T10:00:00Z'],
])('no timestamp: %s', (text, reason) => {
  expect(() => toPhysical('timestamp', text, place)).toThrow(
    expect.objectContaining({ code: 'INVALID_VALUE', message: expect.stringContaining(reason) }),
  );
});

it.each(['2026-1-5', '05.01.2026', '01/02/2020', '20260105', ''])('%j is told how to write dates', (text) => {
  expect(() => toPhysical('date', text, place)).toThrow('write dates as 2026-01-05');
});

it('an invalid Date is called that', () => {
  for (const type of ['date', 'timestamp'] as const) {
    expect(() => toPhysical(type, new Date(Number.NaN), place)).toThrow(
      expect.objectContaining({
        message: `row 7, column "c": an invalid Date is no ${type} value`,
        hint: 'check how the Date was made',
      }),
    );
  }
});

describe('files and rows', () => {
  const csv = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return at(name);
  };

  it.each([
    ['date', '2026-02-30', 'there is no day 2026-02-30'],
    ['date', '2026-02-29', 'there is no day 2026-02-29'],
    ['date', '2026-13-01', 'there is no day 2026-13-01'],
    ['timestamp', '2026-02-30', 'there is no day 2026-02-30'],
    ['timestamp', '2026-04-31T12:00:00Z', 'there is no day 2026-04-31'],
    ['timestamp', '2026-01-01 24:00:00', 'there is no time 24:00:00'],
    ['timestamp', '2026-01-01 24:00:00Z', 'there is no time 24:00:00'],
    ['timestamp', '2026-01-01 10:60:00', 'there is no time 10:60:00'],
  ] as const)('%s %s', async (type, text, reason) => {
    const types = { d: type };
    const fromFile = await failure(collect(await fileSource(csv('days.csv', `d\n2024-02-29\n${text}\n`), { types })));
    const fromRows = await failure(collect(await rowsSource([{ d: '2024-02-29' }, { d: text }], { types })));
    for (const error of [fromFile, fromRows]) {
      expect(error).toMatchObject({ code: 'INVALID_VALUE', message: expect.stringContaining('row 1, column "d"') });
      expect(error.message).toContain(reason);
    }
  });

  it('one among guessed dates and times, behind the rows that are guessed from', async () => {
    const days = Array.from({ length: 30_000 }, (_, i) =>
      i === 25_000 ? '2026-02-30,2026-02-30 10:00' : '2026-02-28,2026-02-28 10:00',
    );
    for (const rename of [{ a: 'x' }, { b: 'y' }]) {
      const error = await failure(fileSource(csv('late.csv', `a,b\n${days.join('\n')}\n`), { rename }).then(collect));
      expect(error.message).toMatch(/25000.*there is no day 2026-02-30|line 25002/);
    }
  });
});

it.each(['2026-02-30', '2026-02-30T10:00:00Z', '2026-01-01T24:00:00Z'])('an expression refuses %s', (text) => {
  const scope = new Map([['day', { kind: 'column', type: 'date', index: 0 }] as const]);
  for (const expr of [col('day').lt(text), col('day').isIn([text])]) {
    expect(() => bind(expr.node, scope)).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', message: expect.stringContaining('there is no') }),
    );
  }
});

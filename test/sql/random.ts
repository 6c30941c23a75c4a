/** Random tables for random SQL text. */
import type { ColumnType } from '../../src/storage/types.js';
import type { Draw } from '../harness/oracle/draw.js';
import { type Names, WORDS } from '../harness/oracle/sql-expr.js';

/** A value of a result: times as milliseconds. */
export type Plain = number | string | boolean | null;

export interface SqlTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Times as milliseconds. */
  readonly rows: readonly (readonly Plain[])[];
}

const DAY_MS = 86_400_000;

const T: SqlTable['columns'] = [
  { name: 'i', type: 'int32' },
  { name: 'j', type: 'int64' },
  { name: 'x', type: 'float64' },
  { name: 'd', type: 'decimal(2)' },
  { name: 's', type: 'utf8' },
  { name: 'b', type: 'bool' },
  { name: 'ts', type: 'timestamp' },
  { name: 'dt', type: 'date' },
];
const U: SqlTable['columns'] = [
  { name: 'k', type: 'int32' },
  { name: 'word', type: 'utf8' },
  { name: 'w', type: 'float64' },
];

function drawValue(draw: Draw, type: ColumnType): Plain {
  switch (type) {
    case 'int32':
      return draw.int(-5, 12);
    case 'int64':
      return draw.pick([draw.int(-100, 100), draw.int(-1_000_000, 1_000_000)]);
    case 'float64':
      return draw.int(-400, 400) / 8;
    case 'utf8':
      return draw.pick(WORDS);
    case 'bool':
      return draw.chance(0.5);
    case 'timestamp':
      return draw.int(-500_000, 800_000) * 60_000 + draw.pick([0, 0, 1234]);
    case 'date':
      return draw.int(10_000, 12_000) * DAY_MS;
    default:
      return draw.int(-1000, 1000) / 100;
  }
}

function drawTable(draw: Draw, name: string, columns: SqlTable['columns'], most: number): SqlTable {
  const nulls = columns.map(() => draw.pick([0, 0.1, 0.3]));
  const rows = draw.list(draw.pick([0, 1, most >> 1, most]), () =>
    columns.map(({ type }, i) => (draw.chance(nulls[i] as number) ? null : drawValue(draw, type))),
  );
  return { name, columns, rows };
}

export const drawTables = (draw: Draw): SqlTable[] => [drawTable(draw, 't', T, 60), drawTable(draw, 'u', U, 12)];

export const OF_T: Names = {
  number: ['i', 'j', 'x', 'd'],
  whole: ['i', 'j'],
  text: ['s'],
  bool: ['b'],
  time: ['ts', 'dt'],
};
export const WITH_U: Names = {
  number: [...OF_T.number, 'k', 'w'],
  whole: [...OF_T.whole, 'u.k'],
  text: ['t.s', 'u.word'],
  bool: ['b'],
  time: ['t.ts', 'dt'],
};

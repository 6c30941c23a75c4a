/** The right side of a join made ready: its keys numbered, its rows in the order of their keys. */

import { type KeyList, type LookupColumn, LookupTable, PAIR_RADIX } from '../codegen/join-table.js';
import type { Physical } from '../expr/typed.js';
import type { Columns } from './local-table.js';

/** A column of the right side that the plan reads. */
export interface SideColumn {
  readonly column: number;
  readonly type: LookupColumn['type'];
  readonly values: readonly Physical[];
}

/** What is wanted behind the keys; without `multiplies` it is asked only whether a key is there. */
export interface Behind {
  readonly columns: readonly SideColumn[];
  readonly multiplies: boolean;
}

/** Rows whose keys hold a null match nothing and are left out. @param text whether a key column is one of strings */
export function indexRows(keys: Columns, text: readonly boolean[], { columns, multiplies }: Behind): LookupTable {
  const lists = text.flatMap((isText, i): KeyMap[] => (i === 0 ? [keyMap(isText)] : [keyMap(isText), keyMap(false)]));
  const numbers: number[] = [];
  const rows: number[] = [];
  const count = keys[0]?.length ?? 0;
  for (let row = 0; row < count; row++) {
    const number = numberOf(keys, row, lists);
    if (number === 0) continue;
    numbers.push(number);
    rows.push(row);
  }
  const known = (lists.at(-1) as KeyMap).numbers.size;
  const isUnique = known === rows.length || !multiplies;
  const { starts, order } = isUnique ? { starts: undefined, order: rows } : byKey(numbers, rows, known);
  return new LookupTable({
    lists: lists.map(({ text, numbers }): KeyList => ({ text, values: [...numbers.keys()] })),
    ...(starts && { starts }),
    columns: columns.map(({ column, type, values }): LookupColumn => {
      const kept = order.map((row) => values[row] ?? null);
      return { column, type, values: kept, nullable: kept.includes(null) };
    }),
    rows: multiplies ? rows.length : known,
  });
}

interface KeyMap {
  readonly text: boolean;
  readonly numbers: Map<number | string, number>;
}

const keyMap = (text: boolean): KeyMap => ({ text, numbers: new Map() });

function place({ numbers }: KeyMap, value: number | string): number {
  const known = numbers.get(value);
  if (known !== undefined) return known;
  numbers.set(value, numbers.size + 1);
  return numbers.size;
}

/** The number of a row's key, 0 where it holds a null. */
function numberOf(keys: Columns, row: number, lists: readonly KeyMap[]): number {
  if (keys.some((values) => values[row] === null)) return 0;
  let number = 0;
  for (const [i, values] of keys.entries()) {
    const value = values[row] as number | string;
    if (i === 0) number = place(lists[0] as KeyMap, value);
    else {
      const own = place(lists[2 * i - 1] as KeyMap, value);
      number = place(lists[2 * i] as KeyMap, number * PAIR_RADIX + own);
    }
  }
  return number;
}

/** Rows sorted by the numbers of their keys, in their own order within one; and where each key's rows begin, from 1. */
function byKey(numbers: readonly number[], rows: readonly number[], known: number) {
  const starts = new Array<number>(known + 1).fill(0);
  for (const number of numbers) starts[number] = (starts[number] as number) + 1;
  let next = 1;
  // Number k counts at place k first; its rows begin at place k - 1 of the result.
  for (let number = 1; number <= known; number++) {
    const own = starts[number] as number;
    starts[number - 1] = next;
    next += own;
  }
  starts[known] = next;
  const free = starts.slice();
  const order = new Array<number>(rows.length);
  numbers.forEach((number, i) => {
    const at = free[number - 1] as number;
    free[number - 1] = at + 1;
    order[at - 1] = rows[i] as number;
  });
  return { starts, order };
}

/** The forms of a result know its columns. Never run. */
import type { ColumnValues } from '../../src/index.js';
import { expectType } from './expect.js';
import { anything, flights } from './tables.js';

const few = flights.select('origin', 'delay', 'late', 'day', 'fare');

const rows = await few.collect();
expectType(rows[0]?.origin).is<string | null | undefined>(true);
expectType(rows.receipt.calls).is<number>(true);

type Numbers = Float64Array | Float32Array | Int32Array;

const { columns, nulls, types } = await few.collectColumns();
expectType(columns.origin).is<(string | null)[]>(true);
expectType(columns.fare).is<(string | null)[]>(true);
expectType(columns.delay).is<Numbers>(true);
expectType(columns.late).is<Uint8Array>(true);
expectType(columns.day).is<Float64Array | Int32Array>(true);
expectType(nulls.delay).is<Uint8Array | undefined>(true);
expectType(Object.keys(types)).is<string[]>(true);

for await (const batch of few.stream()) {
  expectType(batch[0]?.late).is<boolean | undefined>(true);
  expectType(batch.columns.delay).is<Numbers>(true);
}

const open = await anything.collectColumns();
expectType(open.columns.whatever).is<ColumnValues | undefined>(true);

/** Rows of keys: fields may be null, and what is known of every key is there by name. Never run. */
import {
  col,
  count,
  type HashesQuery,
  type KeysQuery,
  type KeysWritten,
  lit,
  type Query,
  type ResultRow,
  type RowOf,
} from '../../src/index.js';
import type { ElementRow, FieldsRow, KeyRow, NumberRow, ScoreRow, StringRow } from '../../src/query/keys-types.js';
import { expectRows, expectType } from './expect.js';
import { flights } from './tables.js';

const ORDERS = {
  price: 'float64',
  region: 'utf8',
  net: { field: 'Net Price', type: 'decimal(2)' },
  at: 'timestamp(s)',
  type: 'utf8',
} as const;
export declare const orders: Query<FieldsRow<typeof ORDERS>>;
declare const board: Query<ScoreRow>;
declare const users: Query<KeyRow>;

interface Orders {
  key: string;
  price: number | null;
  region: string | null;
  net: `${number}` | null;
  at: Date | null;
  type: string | null;
}
type Row = { [K in keyof Orders]: Orders[K] };

expectRows(orders).is<Row>(true);
expectRows(orders.filter(col('ttl').isNull())).is<Row>(true);
expectType((await orders.collect())[0]).is<Row | undefined>(true);
const alike: Query<Orders> = orders;
expectRows(alike).is<Orders>(true);
const any: Query = orders;
expectRows(any).is<ResultRow>(true);
const one: RowOf<typeof orders> = { key: '', price: 1, region: null, net: null, at: null, type: '' };
expectType(one.price).is<number | null>(true);

// What is not shown can be asked for, also behind steps that keep the rows; a declared column goes before a fact.
expectRows(orders.filter(col('slot').gt(1)).sort('ttl').select('key', 'ttl', 'memory', 'type')).is<{
  key: string;
  ttl: number | null;
  memory: number;
  type: string | null;
}>(true);
expectRows(orders.groupBy('shard').agg({ n: count(), bytes: col('memory').sum(), least: col('ttl').min() })).is<{
  shard: string;
  n: number;
  bytes: number;
  least: number | null;
}>(true);
expectRows(orders.withColumns({ ttl: col('ttl').div(60) }).select('ttl')).is<{ ttl: number | null }>(true);
expectRows(orders.select('key').filter(col('key').eq('a'))).is<{ key: string }>(true);
expectRows(users.select('key', 'memory')).is<{ key: string; memory: number }>(true);
expectRows(users.agg({ rows: count() })).is<{ rows: number }>(true);
expectRows(board.distinct()).is<{ key: string; member: string; score: number }>(true);
expectRows(board.select('member').union(users.select(col('key').as('member')))).is<{ member: string }>(true);

// Joins leave the facts behind.
expectRows(board.join(users, { on: 'key' })).is<{
  key: string;
  member: string;
  score: number;
  type: string;
  ttl: number | null;
  slot: number | null;
  shard: string;
}>(true);
expectRows(flights.select('origin').join(board, { leftOn: 'origin', rightOn: 'member', how: 'left' })).is<{
  origin: string | null;
  key: string | null;
  member: string | null;
  score: number | null;
}>(true);

declare const counters: Query<StringRow<'int64'>>;
declare const queue: Query<ElementRow<'timestamp(ms)'>>;
declare const vectors: Query<NumberRow>;
expectRows(counters).is<{ key: string; value: number | null }>(true);
expectRows(queue).is<{ key: string; index: number; value: Date | null }>(true);
expectRows(vectors.select('memory', 'value')).is<{ memory: number; value: number | null }>(true);

// Writes: columns that there are, and fields besides.
export declare const writable: HashesQuery<FieldsRow<typeof ORDERS>>;
const done = await writable
  .filter(col('ttl').isNull())
  .withColumns({ double: col('price').mul(2) })
  .update({ net: col('double'), note: lit('x'), region: null }, { updateId: 'u', dryRun: true });
expectType(done.written).is<number>(true);
expectRows(writable.filter(col('price').gt(1))).is<Row>(true);
declare const others: KeysQuery<ScoreRow>;
expectType(await others.filter(col('memory').gt(1)).delete({ resume: 'x' })).is<KeysWritten>(true);
expectType(await others.expire(3)).is<KeysWritten>(true);

// The trees that users write: frozen, readable, and bound with DuckDB's types.
import { bind } from '../../src/expr/bind.js';
import { AggregateExpr, col, count, type Expr, lit } from '../../src/expr/expr.js';
import { formatNode } from '../../src/expr/nodes.js';
import type { TypedExpr } from '../../src/expr/typed.js';
import type { ColumnType } from '../../src/storage/types.js';

it.each<[string, Expr]>([
  ['a', col('a')],
  ['(a + 1) * 2', col('a').add(1).mul(2)],
  ['-(a / b)', col('a').div(col('b')).neg()],
  ['(a >= 1) and (a <= 5)', col('a').between(1, 5)],
  ["s = 'it''s'", col('s').eq("it's")],
  ['not (a is null)', col('a').isNull().not()],
  ['a is not null', col('a').isNotNull()],
  ['a in (1, null)', col('a').isIn([1, null])],
  ["at < '2001-02-03T00:00:00.000Z'", col('at').lt(new Date(Date.UTC(2001, 1, 3)))],
  ['(a % 3) <> true', col('a').mod(3).neq(true)],
  ['1 - a', lit(1).sub(col('a'))],
  ['9007199254740993 > a', lit(9007199254740993n).gt(col('a'))],
])('%s', (text, expr) => expect(formatNode(expr.node)).toBe(text));

it('nothing changes what was built', () => {
  const price = col('price');
  const named = price.mul(2).as('double');
  expect(price.alias).toBeUndefined();
  expect(named.alias).toBe('double');
  const values = [1, 2];
  const among = price.isIn(values);
  values.push(3);
  expect(formatNode(among.node)).toBe('price in (1, 2)');
  for (const each of [price, named, among, among.node, count(), price.sum()]) expect(Object.isFrozen(each)).toBe(true);
  expect(() => Object.assign(price, { alias: 'other' })).toThrow(TypeError);
});

it('aggregates keep the name of their expression, or take another', () => {
  expect(col('x').as('y').sum()).toMatchObject({ node: { aggregate: 'sum' }, alias: 'y' });
  expect(col('x').sum().as('total')).toEqual(
    new AggregateExpr({ kind: 'aggregate', aggregate: 'sum', args: [col('x').node] }, 'total'),
  );
  expect(count().node.args).toEqual([]);
});

const TYPES: ColumnType[] = ['int32', 'int64', 'float32', 'float64', 'decimal(2)', 'bool', 'utf8', 'date', 'timestamp'];
const scope = new Map(TYPES.map((type, index): [string, TypedExpr] => [type, { kind: 'column', type, index }]));
const typeOf = (expr: Expr): string => bind(expr.node, scope).type;

it('types of arithmetic', () => {
  const numeric = TYPES.slice(0, 5);
  const table = numeric.map((a) => numeric.map((b) => typeOf(col(a).add(col(b)))).join(' '));
  expect(table).toEqual([
    'int32 int64 float64 float64 float64',
    'int64 int64 float64 float64 float64',
    'float64 float64 float64 float64 float64',
    'float64 float64 float64 float64 float64',
    'float64 float64 float64 float64 float64',
  ]);
  expect(numeric.map((type) => typeOf(col(type).div(2)))).toEqual(Array(5).fill('float64'));
  expect(numeric.map((type) => typeOf(col(type).neg()))).toEqual([
    'int32',
    'int64',
    'float64',
    'float64',
    'decimal(2)',
  ]);
});

it('types of constants', () => {
  const of = (value: Parameters<typeof lit>[0]): string => typeOf(lit(value));
  expect([1, 2 ** 31, 2 ** 53, 2 ** 54, 0.5, -0, Number.NaN].map(of)).toEqual([
    'int32',
    'int64',
    'int64',
    'float64',
    'float64',
    'float64',
    'float64',
  ]);
  expect([5n, -(2n ** 31n), 2n ** 31n, 'x', true, new Date(0), null].map(of)).toEqual([
    'int32',
    'int32',
    'int64',
    'utf8',
    'bool',
    'timestamp',
    'null',
  ]);
});

it('what compares with what', () => {
  const table = TYPES.map((a) => {
    const fits = TYPES.filter((b) => {
      try {
        return bind(col(a).lt(col(b)).node, scope).type === 'bool';
      } catch (error) {
        expect(error).toMatchObject({ code: 'TYPE_MISMATCH' });
        return false;
      }
    });
    return `${a}: ${fits.join(' ')}`;
  });
  const numbers = 'int32 int64 float32 float64 decimal(2)';
  expect(table).toEqual([
    `int32: ${numbers}`,
    `int64: ${numbers}`,
    `float32: ${numbers}`,
    `float64: ${numbers}`,
    `decimal(2): ${numbers}`,
    'bool: bool',
    'utf8: utf8',
    'date: date timestamp',
    'timestamp: date timestamp',
  ]);
});

it('a constant on the left is moved to the right', () => {
  expect(bind(lit(5).lt(col('int32')).node, scope)).toMatchObject({
    op: 'gt',
    left: { kind: 'column' },
    right: { value: 5 },
  });
});

it('a Date beside a date column is a day, and one with a time of day makes the column a timestamp', () => {
  const [midnight, noon] = [Date.UTC(2001, 1, 3), Date.UTC(2001, 1, 3, 12)].map((ms) => new Date(ms)) as [Date, Date];
  const day = midnight.getTime() / 86_400_000;
  expect(bind(col('date').isIn([midnight, null]).node, scope)).toMatchObject({ values: [day], hasNull: true });
  const column = scope.get('date');
  expect(bind(col('date').gt(midnight).node, scope)).toMatchObject({
    left: column,
    right: { type: 'date', value: day },
  });
  expect(bind(lit(midnight).gt(col('date')).node, scope)).toMatchObject({ op: 'lt', left: column });
  expect(bind(col('date').gt(noon).node, scope)).toMatchObject({
    left: { kind: 'scale', type: 'timestamp' },
    right: { value: noon.getTime() },
  });
  expect(() => bind(col('date').isIn([noon]).node, scope)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
});

it.each<[string, () => unknown]>([
  ['isIn of undefined, which is not NaN', () => col('a').isIn([1, undefined as never])],
  ['isIn of a column', () => col('a').isIn([col('b') as never])],
  ['isIn of a string, which is no list of letters', () => col('a').isIn('abc' as never)],
  ['a constant that is an object', () => lit({} as never)],
  ['arithmetic with undefined', () => col('a').add(undefined as never)],
])('refused at once: %s', (_, make) =>
  expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.any(String) })),
);

it('an aggregate is an expression, but not of rows', () => {
  const spread = col('x').max().sub(col('y').min());
  expect(formatNode(spread.node)).toBe('max(x) - min(y)');
  expect(() => bind(col('int32').gt(col('int64').sum()).node, scope)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('sum(int64)') }),
  );
  expect(formatNode(count({ where: col('x').gt(1) }).node)).toBe('count(*) filter (where x > 1)');
});

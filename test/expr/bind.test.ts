// Types of functions, what is folded, and what is refused before anything is read.
import { bind } from '../../src/expr/bind.js';
import { coalesce, col, concat, type Expr, greatest, lit, when } from '../../src/expr/expr.js';
import { formatNode } from '../../src/expr/nodes.js';
import { type TypedExpr, usesLibm } from '../../src/expr/typed.js';
import type { ColumnType } from '../../src/storage/types.js';

const TYPES: ColumnType[] = ['int32', 'int64', 'float32', 'float64', 'decimal(2)', 'bool', 'utf8', 'date', 'timestamp'];
const scope = new Map(TYPES.map((type, index): [string, TypedExpr] => [type, { kind: 'column', type, index }]));
const bound = (expr: Expr): TypedExpr => bind(expr.node, scope);
const numbers = TYPES.slice(0, 5).map((name) => col(name));

it('types of functions of numbers', () => {
  const types = (of: (x: Expr) => Expr): string => numbers.map((x) => bound(of(x)).type).join(' ');
  expect(types((x) => x.abs())).toBe('int32 int64 float32 float64 decimal(2)');
  expect(types((x) => x.floor())).toBe('float64 float64 float32 float64 decimal(0)');
  expect(types((x) => x.round())).toBe('int32 int64 float32 float64 decimal(0)');
  expect(types((x) => x.round(1))).toBe('int32 int64 float64 float64 decimal(1)');
  expect(types((x) => x.sqrt())).toBe('float64 float64 float64 float64 float64');
  expect(types((x) => x.sign())).toBe('int32 int32 int32 int32 int32');
  expect(types((x) => coalesce(x, 1))).toBe('int32 int64 float64 float64 decimal(2)');
  expect(types((x) => greatest(x, 0.5))).toBe('float64 float64 float64 float64 float64');
});

it('constants are folded, where they come to anything', () => {
  expect(bound(lit('2020-02-29').addTime(1, 'year'))).toMatchObject({
    kind: 'literal',
    type: 'timestamp',
    value: Date.UTC(2021, 1, 28),
  });
  expect(bound(lit('2020-01-31').cast('date').add(1))).toMatchObject({ kind: 'literal', type: 'date' });
  expect(bound(lit(2).mul(3).neg())).toMatchObject({ kind: 'literal', type: 'int32', value: -6 });
  expect(bound(lit('ß').upper())).toMatchObject({ kind: 'literal', value: Buffer.from('ẞ').toString('latin1') });
  expect(bound(lit(2 ** 31 - 1).add(1))).toMatchObject({ kind: 'arithmetic' });
  expect(bound(lit(-1).sqrt())).toMatchObject({ kind: 'call' });
  expect(bound(lit('x').cast('int32'))).toMatchObject({ kind: 'cast' });
  expect(bound(lit('x').tryCast('int32'))).toMatchObject({ kind: 'literal', type: 'int32', value: null });
  expect(bound(lit(7).intDiv(0))).toMatchObject({ kind: 'call' });
  expect(bound(lit(null).sqrt())).toMatchObject({ kind: 'literal', type: 'float64', value: null });
});

it('what depends on the C library says so', () => {
  expect(numbers.map((x) => usesLibm(bound(x.sqrt().round(1))))).toEqual(numbers.map(() => false));
  expect(usesLibm(bound(when(col('float64').gt(0)).then(col('float64').ln())))).toBe(true);
  expect(usesLibm(bound(lit(2).exp().add(col('float64'))))).toBe(false);
});

it.each<[string, Expr]>([
  ['round(a, 2)', col('a').round(2)],
  ["coalesce(a, 'x')", coalesce(col('a'), 'x')],
  ["case when a > 1 then 'x' else null end", when(col('a').gt(1)).then('x')],
  [
    "case when a > 1 then 'x' when b then 'y' else 'z' end",
    when(col('a').gt(1)).then('x').when(col('b')).then('y').otherwise('z'),
  ],
  ['try_cast(a as decimal(2))', col('a').tryCast('decimal(2)')],
  ["dateDiff('day', a, b)", col('a').dateDiff('day', col('b'))],
  ['lower(a) = upper(b)', col('a').lower().eq(col('b').upper())],
])('%s', (text, expr) => expect(formatNode(expr.node)).toBe(text));

it.each<[string, () => unknown, string, RegExp]>([
  ['sqrt of text', () => bound(col('utf8').sqrt()), 'TYPE_MISMATCH', /utf8 is utf8/],
  ['length of a number', () => bound(col('int32').length()), 'TYPE_MISMATCH', /length\(int32\) takes text/],
  ['year of text', () => bound(col('utf8').year()), 'TYPE_MISMATCH', /takes times, not utf8/],
  ['a mixture', () => bound(coalesce(col('int32'), 'x')), 'TYPE_MISMATCH', /mixes int32 and utf8/],
  ['a case without a condition', () => bound(when(col('int32')).then(1)), 'TYPE_MISMATCH', /condition/],
  ['no such cast', () => bound(col('timestamp').cast('int64')), 'TYPE_MISMATCH', /cannot be cast/],
  ['no type', () => col('int32').cast('number' as never), 'INVALID_ARGUMENT', /no column type/],
  ['no unit', () => bound(col('timestamp').truncate('fortnight' as never)), 'INVALID_ARGUMENT', /no unit of time/],
  ['half a digit', () => bound(col('float64').round(0.5)), 'INVALID_ARGUMENT', /whole number of digits/],
  ['integer division of floats', () => bound(col('float64').intDiv(2)), 'TYPE_MISMATCH', /divides float64/],
  ['half a month', () => bound(col('date').addTime(0.5, 'month')), 'TYPE_MISMATCH', /moves a time/],
  ['times multiplied', () => bound(col('date').mul(2)), 'TYPE_MISMATCH', /computes with date/],
  ['concat of nothing', () => bound(concat()), 'INVALID_ARGUMENT', /no arguments/],
  ['an unknown order of nulls', () => col('a').desc({ nulls: 'middle' as never }), 'INVALID_ARGUMENT', /middle/],
])('refused: %s', (_, make, code, message) =>
  expect(make).toThrow(
    expect.objectContaining({ code, hint: expect.any(String), message: expect.stringMatching(message) }),
  ),
);

it('sort keys', () => {
  expect(col('a').desc({ nulls: 'first' })).toEqual({ node: col('a').node, descending: true, nullsFirst: true });
  expect(col('a').asc()).toEqual({ node: col('a').node, descending: false, nullsFirst: false });
});

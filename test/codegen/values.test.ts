// What expressions print: simple ones as one Lua expression, heavy ones into locals, once, and inside an `if` where they are lazy.
import { Constants } from '../../src/codegen/constants.js';
import { oneRow } from '../../src/codegen/decode-lua.js';
import type { Stmt } from '../../src/codegen/ir.js';
import { printLua, printLuaExpression } from '../../src/codegen/print.js';
import type { KernelColumn } from '../../src/codegen/shape.js';
import { Values } from '../../src/codegen/values.js';
import { bind } from '../../src/expr/bind.js';
import { coalesce, col, type Expr, when } from '../../src/expr/expr.js';
import type { TypedExpr } from '../../src/expr/typed.js';

const base = { unitStep: true, nullable: false } as const;
const columns: KernelColumn[] = [
  { ...base, slot: 0, index: 0, type: 'float64', encoding: 'f64' },
  { ...base, slot: 1, index: 1, type: 'float64', encoding: 'f64', nullable: true },
  { ...base, slot: 2, index: 2, type: 'utf8', encoding: 'dict8', nullable: true },
  { ...base, slot: 3, index: 3, type: 'int32', encoding: 'u8' },
];
const scope = new Map(
  ['x', 'y', 's', 'i'].map((name, index): [string, TypedExpr] => {
    return [name, { kind: 'column', type: (columns[index] as KernelColumn).type, index }];
  }),
);
const bounds = new Map([[3, [0, 255] as const]]);

function printed(expr: Expr, want: 'value' | 'isTrue'): readonly [before: string, lua: string] {
  const into: Stmt[] = [];
  const lua = printLuaExpression(
    new Values(columns, bounds, new Constants(), oneRow)[want](bind(expr.node, scope), into),
  );
  return [printLua(into), lua];
}

it('simple expressions need no statement', () => {
  expect(printed(col('x').add(1).mul(col('i')), 'value')).toEqual(['', '((c0 + k1) * (b3 + c3))']);
  expect(
    printed(
      col('x')
        .gt(1)
        .and(col('s').eq('a').or(col('y').isNull())),
      'isTrue',
    ),
  ).toEqual(['', '((not (c0 <= k1)) and (((c2 ~= 0) and (c2 == d1e)) or (not p1)))']);
  expect(printed(col('i').mod(7).add(col('i')), 'value')[0]).toBe('');
});

it('a function is called once, and only where its arguments are not null', () => {
  expect(printed(col('x').round(), 'value')).toEqual(['local t_1 = f_round(c0)', 't_1']);
  const [before, lua] = printed(col('y').round().gt(1), 'isTrue');
  expect(before).toBe('local t_1 = NULL if p1 then t_1 = f_round(c1) end');
  expect(lua).toBe('((t_1 ~= NULL) and (not (t_1 <= k1)))');
});

it('the right side of and, and branches, wait', () => {
  const [before, lua] = printed(col('x').gtEq(0).and(col('x').sqrt().gt(2)), 'isTrue');
  expect(before).toContain('if t_2 then local t_1 = f_sqrt(c0) t_2 = ');
  expect(lua).toBe('t_2');
  expect(printed(when(col('x').gt(0)).then(col('x').sqrt()), 'value')[0]).toMatch(
    /^local t_1 = NULL do if .* then local t_2 = f_sqrt\(c0\) t_1 = t_2 else t_1 = NULL end end$/,
  );
  expect(printed(coalesce(col('y'), col('x')), 'value')[0]).toBe(
    'local t_1 = NULL do t_1 = (p1 and c1 or NULL) if (t_1 == NULL) then t_1 = c0 end end',
  );
});

it('what depends on one dictionary alone is remembered by code; a constant prefix is a run of codes', () => {
  const [before, lua] = printed(col('s').lower().eq('a'), 'isTrue');
  expect(before).toBe(
    'local t_1 = M1[c2] if (t_1 == nil) then local t_2 = NULL if (c2 ~= 0) then t_2 = f_lower(text2(c2)) end t_1 = t_2 M1[c2] = t_1 end',
  );
  expect(lua).toBe('((t_1 ~= NULL) and (t_1 == z1))');
  expect(printed(col('s').startsWith('a'), 'isTrue')[0]).not.toContain('text2');
});

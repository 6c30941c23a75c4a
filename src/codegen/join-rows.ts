/**
 * Joined rows given back: row by row, for each match the values of the outputs, once in Lua and once in JavaScript. Numbers and
 * arguments of the kernel are those of kernels that give rows back without a join.
 */

import type { ColumnBounds } from '../expr/bounds.js';
import type { TypedExpr } from '../expr/typed.js';
import { timedReply } from './clock.js';
import { decodeOne, oneRow } from './decode-lua.js';
import { add, binary, int, type Stmt, scoped, set, variable, when } from './ir.js';
import { codeNames, javaScriptLookups, luaLookups } from './join-frame.js';
import { type Passing, passingRows } from './join-row.js';
import { prologue, readRow } from './js-frame.js';
import type { RowsKernel } from './js-rows.js';
import { withRuntime } from './lua-pieces.js';
import { ownArguments, ownNumbers, packText } from './lua-rows.js';
import { bindConstants, fetchColumns } from './lua-runtime.js';
import { printJavaScript, printJavaScriptExpression, printLua, printLuaExpression } from './print.js';
import { isCodeWire, RowParts, type RowWire } from './rows-shape.js';
import type { KernelColumn } from './shape.js';
import type { Values } from './values.js';

export interface JoinedOut {
  readonly expr: TypedExpr;
  readonly wire: RowWire;
}

const [passed, kept] = [variable('passed'), variable('kept')];

/** What a row does: the matches that pass are counted up to the limit, and those after the first `skip` are kept. */
function rowStatements(passing: Passing, values: Values, outputs: readonly JoinedOut[], codes: boolean): Stmt[] {
  return passingRows(passing, values, (scope) => {
    const store: Stmt[] = [set(kept, add(kept, int(1))), { s: 'raw', lua: 'R[kept] = r', js: 'R[kept - 1] = r;' }];
    const inside = values.inner(scope);
    for (const [i, { expr, wire }] of outputs.entries()) {
      const own = values.inner(inside);
      const column = codes && isCodeWire(wire) ? values.columnOf(expr) : undefined;
      const value = column ? values.code(column) : values.orNull(expr, own);
      const [lua, js] = [printLuaExpression(value), printJavaScriptExpression(value)];
      const place: Stmt = {
        s: 'raw',
        lua: `O${i}[kept] = ${lua}${wire === 'bool' ? ' or 2' : ''}`,
        js: `O${i}[kept - 1] = ${js};`,
      };
      store.push(...scoped([...own, place]));
    }
    const counted = [
      set(passed, add(passed, int(1))),
      ...when(binary('>', passed, variable('skip')), [...inside, ...store]),
    ];
    scope.push(...when(binary('<', passed, variable('want')), counted));
  });
}

export function luaJoinedRows(
  parts: RowParts,
  passing: Passing,
  outputs: readonly JoinedOut[],
  numbered: boolean,
): string {
  const row = printLua(rowStatements(passing, parts.values(oneRow), outputs, true));
  const lookups = luaLookups(passing.lookups ?? [], ownArguments(parts), parts.values(codeNames));
  const at = ownNumbers(parts);
  const packed = outputs.map(({ wire }, i) => packText(wire, `O${i}`, 'kept'));
  return withRuntime(
    [
      ...fetchColumns(parts),
      ...bindConstants(parts),
      ...lookups,
      `local from, skip, want = H[${at + 1}], H[${at + 2}], H[${at + 2}] + H[${at + 3}]`,
      'local R, passed, kept, seen = {}, 0, 0, n',
      ...outputs.map((_, i) => `local O${i} = {}`),
      'for r = from, n - 1 do',
      'if passed >= want then seen = r break end',
      ...parts.columns.flatMap(decodeOne),
      row,
      'end',
      `local result = ${["pack('<I4I4', passed, kept)", ...(numbered ? ["pack_list('H', R, kept)"] : []), ...packed].join(' .. ')}`,
      timedReply('seen'),
    ].join('\n'),
  );
}

export function joinedRowsKernel(
  columns: readonly KernelColumn[],
  passing: Passing,
  exprs: readonly TypedExpr[],
  bounds: ColumnBounds,
): RowsKernel {
  const parts = new RowParts(columns, bounds);
  const outputs = exprs.map((expr): JoinedOut => ({ expr, wire: 'number' }));
  const row = printJavaScript(rowStatements(passing, parts.values(oneRow), outputs, false));
  const lookups = javaScriptLookups(passing.lookups ?? [], parts.values(codeNames));
  const source = [
    ...prologue(columns, parts.constants),
    ...lookups,
    'const { from, skip, limit } = input, want = skip + limit, R = [];',
    'let passed = 0, kept = 0;',
    ...exprs.map((_, i) => `const O${i} = [];`),
    'for (let r = from; r < n && passed < want; r++) {',
    ...readRow(columns),
    row,
    '}',
    `return { passed, rows: R, columns: [${exprs.map((_, i) => `O${i}`).join(', ')}] };`,
  ].join('\n');
  return { source, constants: parts.constants };
}

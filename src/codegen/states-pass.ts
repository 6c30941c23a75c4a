/** A pass over rows as a state: the number of rows, and what the pass keeps, which is finished when it is joined or sent. */

import type { BoundPass } from '../aggregates/row-pass.js';
import { add, type Ir, int, type Stmt, set } from './ir.js';
import { passOf } from './passes/index.js';
import { printJavaScriptExpression, printLuaExpression } from './print.js';
import type { Cells, FieldCode, RowArgs, StateCode } from './state-code.js';
import { mergeCounted } from './states-moments.js';

/** @param list name of the constants */
export function passState({ pass, width }: BoundPass, list: string): StateCode {
  const { name } = passOf(pass);
  const fields: FieldCode[] = [
    { init: '0', wire: 'd' },
    { init: `${name}_new(${width}, ${list})`, wire: { list: 'd', pass: name } },
  ];
  const row = (args: RowArgs, cell: Cells): Stmt[] => {
    const call = (print: (ir: Ir) => string): string => `${name}_row(${[cell(1), ...args].map(print).join(', ')})`;
    return [
      set(cell(0), add(cell(0), int(1))),
      { s: 'raw', lua: call(printLuaExpression), js: `${call(printJavaScriptExpression)};` },
    ];
  };
  const joined = (a: Cells, b: Cells): Stmt[] => {
    const text = (print: (ir: Ir) => string): string =>
      `${print(a(1))} = pass_join(${name}_join, ${name}_flat, ${print(a(1))}, ${print(b(1))}, ${width}, ${list})`;
    return [
      { s: 'raw', lua: text(printLuaExpression), js: `${text(printJavaScriptExpression)};` },
      set(a(0), add(a(0), b(0))),
    ];
  };
  return {
    kind: 'pass',
    fields,
    unitScoped: true,
    scratch: 0,
    locals: width + 2,
    inputs: 0,
    row,
    merge: (a, b) => mergeCounted(a, b, 2, joined(a, b)),
  };
}

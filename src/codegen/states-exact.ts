/**
 * Sums without any error, whatever the order of the rows: what two doubles cannot hold of a sum goes, as whole numbers, into
 * limbs of 32 bits, which is rare. The rounding error of a sum is a double (Knuth 1969), that of a product too (Dekker 1971).
 */

import { add, and, binary, type Ir, int, local, mul, or, type Stmt, set, sub, variable } from './ir.js';
import { printJavaScriptExpression, printLuaExpression } from './print.js';
import { type Cells, type FieldCode, plainState, type StateCode } from './state-code.js';

const DOUBLE: FieldCode = { init: '0', wire: 'd' };
const LIMBS: FieldCode = { init: 'MAP', wire: { map: 'i4', counts: 'd' } };
const zero = int(0);
/** Cuts a double into halves whose products are exact (Veltkamp 1968). */
const SPLITTER = int(2 ** 27 + 1);

/** Two doubles that a sum is kept in, with one more value: what they become, and whether they hold all of it then. */
function withValue([s, c]: readonly [Ir, Ir], value: Ir, of: string): { body: Stmt[]; holds: Ir } {
  const names = [`${of}s`, `${of}z`, `${of}e`, `${of}c`] as const;
  const [sum, z, error, rest] = names.map(variable) as [Ir, Ir, Ir, Ir];
  const body = [
    local(names[0], add(s, value)),
    local(names[1], sub(sum, s)),
    local(names[2], add(sub(s, sub(sum, z)), sub(value, z))),
    local(names[3], add(c, error)),
  ];
  // One of the differences is exact: that from the greater of the two. NaN, from sums that are too large, equals nothing.
  const holds = and(binary('==', sub(rest, c), error), binary('==', sub(rest, error), c));
  return { body, holds };
}

/** Names of cells that are read once. No local here ends in a digit, as those of columns do. */
const CELLS = ['ka', 'kb', 'kc', 'kd'] as const;

/** Cells of groups lie in tables. */
function read(cell: Cells, fields: number): { before: Stmt[]; now: Ir[] } {
  const cells = Array.from({ length: fields }, (_, field) => cell(field));
  const before = cells.flatMap((each, field) => (each.k === 'at' ? [local(CELLS[field] as string, each)] : []));
  return { before, now: cells.map((each, field) => (each.k === 'at' ? variable(CELLS[field] as string) : each)) };
}

/** A runtime function takes over: it is given the doubles, the limbs and the values, and gives the doubles. */
function handedOver(name: string, cell: Cells, fields: number, values: readonly Ir[]): Stmt {
  const cells = Array.from({ length: fields }, (_, field) => cell(field));
  const args = [...cells, cell(fields), ...values];
  const list = (print: (ir: Ir) => string, irs: readonly Ir[]): string => irs.map(print).join(', ');
  const lua = `${list(printLuaExpression, cells)} = ${name}(${list(printLuaExpression, args)})`;
  const js = `[${list(printJavaScriptExpression, cells)}] = ${name}(${list(printJavaScriptExpression, args)});`;
  return { s: 'raw', lua, js };
}

/** [S, C, limbs]. @param place of the argument */
export function exactSum(place: number): StateCode {
  const row = (x: Ir, cell: Cells): Stmt[] => {
    const { before, now } = read(cell, 2);
    const { body: sums, holds } = withValue(now as [Ir, Ir], x, 'a');
    const body: Stmt[] = [
      ...before,
      ...sums,
      {
        s: 'if',
        cond: holds,
        body: [set(cell(0), variable('as')), set(cell(1), variable('ac'))],
        otherwise: [handedOver('exact_add', cell, 2, [x])],
      },
    ];
    return [{ s: 'scope', body }];
  };
  const state = plainState('exactSum', [DOUBLE, DOUBLE, LIMBS], (args, cell) => row(args[place] ?? zero, cell));
  return { ...state, locals: 10 };
}

/** `<name>h` and `<name>l`, the halves of a double. */
function split(value: Ir, name: string): Stmt[] {
  const [wide, high] = [variable(`${name}w`), variable(`${name}h`)];
  return [
    local(`${name}w`, mul(value, SPLITTER)),
    local(`${name}h`, sub(wide, sub(wide, value))),
    local(`${name}l`, sub(value, high)),
  ];
}

/** `q`, the error of p = x * y; NaN or infinite where a step is too large. */
function productError(p: Ir, x: Ir, y: Ir): Stmt[] {
  const same = printLuaExpression(x) === printLuaExpression(y);
  const [xh, xl] = [variable('ah'), variable('al')];
  const [yh, yl] = same ? [xh, xl] : [variable('bh'), variable('bl')];
  const left = sub(sub(sub(p, mul(xh, yh)), mul(xl, yh)), mul(xh, yl));
  return [...split(x, 'a'), ...(same ? [] : split(y, 'b')), local('q', sub(mul(xl, yl), left))];
}

/** [S, C] of the rounded products and [S, C] of their errors, limbs. @param places of the factors among the arguments */
export function exactProduct([first, second]: readonly [number, number]): StateCode {
  const row = (x: Ir, y: Ir, cell: Cells): Stmt[] => {
    const { before, now } = read(cell, 4);
    const [s, c, u, d] = now as [Ir, Ir, Ir, Ir];
    const [p, q] = [variable('p'), variable('q')];
    const [products, errors] = [withValue([s, c], p, 'p'), withValue([u, d], q, 'q')];
    const body: Stmt[] = [
      ...before,
      ...productError(p, x, y),
      ...products.body,
      ...errors.body,
      {
        s: 'if',
        // The square of the product is 0 long before its error is too small for a double.
        cond: and(binary('>', mul(p, p), zero), and(products.holds, errors.holds)),
        body: ['ps', 'pc', 'qs', 'qc'].map((name, field) => set(cell(field), variable(name))),
        otherwise: [handedOver('exact_multiply', cell, 4, [x, y])],
      },
    ];
    const isFactor = (factor: Ir): Ir => binary('~=', factor, zero);
    const counts = or(binary('~=', p, zero), and(isFactor(x), isFactor(y)));
    return [{ s: 'scope', body: [local('p', mul(x, y)), { s: 'if', cond: counts, body }] }];
  };
  const fields = [DOUBLE, DOUBLE, DOUBLE, DOUBLE, LIMBS];
  const state = plainState('exactProduct', fields, (args, cell) =>
    row(args[first] ?? zero, args[second] ?? zero, cell),
  );
  return { ...state, locals: 26 };
}

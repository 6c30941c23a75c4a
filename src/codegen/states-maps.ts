/**
 * States that are tables: maps from a value, or from what is computed of it, to a count or a rank, and lists of values. Maps
 * hold whole numbers, and merge in any order.
 */

import { isFloat } from '../expr/typed.js';
import { add, binary, call, type Ir, int, type Stmt, variable } from './ir.js';
import { printJavaScriptExpression, printLuaExpression } from './print.js';
import { type FieldCode, type ItemWire, plainState, type StateCode } from './state-code.js';
import type { RowArg } from './states-rows.js';

const raw = (lua: string, js: string): Stmt => ({ s: 'raw', lua, js });

function itemWire({ type, coded }: RowArg, nullable: boolean): ItemWire {
  if (coded) return 'H';
  return type === 'utf8' ? 'S' : nullable ? 'number' : 'd';
}

/** One more of `key` in the map of a cell. Lua cannot index by NaN, which is `true` there. */
function counted(cell: Ir, key: Ir, { nan, from = '' }: { nan: boolean; from?: string }): Stmt {
  const [t, k] = [printLuaExpression(cell), printLuaExpression(key)];
  const [jt, jk] = [printJavaScriptExpression(cell), printJavaScriptExpression(key)];
  const lua = `${nan ? 'if k ~= k then k = true end ' : ''}local t = ${t} t[k] = (t[k] or 0) + 1`;
  const js = `const t = ${jt}; t.set(k, (t.get(k) ?? 0) + 1);`;
  return from === ''
    ? raw(`do local k = ${k} ${lua} end`, `{ const k = ${jk}; ${js} }`)
    : raw(`do local k = ${k} if ${from} then ${lua} end end`, `{ const k = ${jk}; if (${from}) { ${js} } }`);
}

/** How often each value occurs. */
export function valueCounts(arg: RowArg): StateCode {
  const nan = !arg.coded && isFloat(arg.type);
  const field: FieldCode = { init: 'MAP', wire: { map: itemWire(arg, false), counts: 'H' }, holds: 0 };
  return plainState('values', [field], ([x], cell) => [counted(cell(0), nan ? add(x, int(0)) : x, { nan })]);
}

/** How often each bucket of a sketch occurs. @param steps the constant that says into how many parts an octave is cut */
export function bucketCounts(steps: Ir): StateCode {
  const field: FieldCode = { init: 'MAP', wire: { map: 'i4', counts: 'H' } };
  return plainState('buckets', [field], ([x], cell) => [counted(cell(0), call('bucket', x, steps), { nan: false })]);
}

/** How often each bin occurs. @param edges name of the list of edges */
export function binCounts(edges: string): StateCode {
  const field: FieldCode = { init: 'MAP', wire: { map: 'H', counts: 'H' } };
  const bin = (x: Ir): Ir => call('bin_of', variable(edges), x);
  return plainState('bins', [field], ([x], cell) => [counted(cell(0), bin(x), { nan: false, from: 'k > 0' })]);
}

/** Greatest rank of each register. Hashes of what comes again and again (codes, texts) are kept. */
export function registers({ type, coded }: RowArg): StateCode {
  const field: FieldCode = { init: 'MAP', wire: 'registers' };
  const register = type === 'utf8' ? 'register_text' : coded ? 'register_code' : 'register_number';
  return plainState('registers', [field], ([x], cell) => {
    const call = (cellText: string, value: string): string => `${register}(${cellText}, ${value})`;
    return [
      raw(
        call(printLuaExpression(cell(0)), printLuaExpression(x)),
        `${call(printJavaScriptExpression(cell(0)), printJavaScriptExpression(x))};`,
      ),
    ];
  });
}

/** The k greatest values, and some more that are dropped at the end. @param k name of the constant */
export function greatestValues(arg: RowArg, k: string): StateCode {
  const field: FieldCode = { init: 'TOP', wire: { list: itemWire(arg, false), top: k }, holds: 0 };
  const push = arg.type === 'utf8' && !arg.coded ? 'top_text' : 'top_number';
  return plainState('greatest', [field], ([x], cell) => {
    const value = !arg.coded && isFloat(arg.type) ? add(x, int(0)) : x;
    return [
      raw(
        `${push}(${printLuaExpression(cell(0))}, ${printLuaExpression(value)}, ${k})`,
        `${push}(${printJavaScriptExpression(cell(0))}, ${printJavaScriptExpression(value)}, ${k});`,
      ),
    ];
  });
}

/** The first values, null or not. @param limit the constant that says how many */
export function firstValues(arg: RowArg, limit: Ir): StateCode {
  const fields: FieldCode[] = [
    { init: '0', wire: 'H' },
    { init: 'LIST', wire: { list: itemWire(arg, true) }, holds: 0 },
  ];
  return plainState('list', fields, ([x], cell) => {
    const [n, t] = [cell(0), cell(1)];
    const push = raw(
      `${printLuaExpression(t)}[${printLuaExpression(n)}] = ${printLuaExpression(x)}`,
      `${printJavaScriptExpression(t)}.push(${printJavaScriptExpression(x)});`,
    );
    const more: Stmt = { s: 'set', target: n, value: add(n, int(1)) };
    return [{ s: 'if', cond: binary('<', n, limit), body: [more, push] }];
  });
}

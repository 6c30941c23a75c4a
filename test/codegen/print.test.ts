// The kernel language printed as Lua, run by a real server, against the same printed as JavaScript: the same bits.
import fc from 'fast-check';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import {
  add,
  type BinaryOp,
  binary,
  call,
  type Ir,
  int,
  mul,
  not,
  or,
  type Stmt,
  select,
  variable,
} from '../../src/codegen/ir.js';
import { printJavaScript, printJavaScriptExpression, printLua, printLuaExpression } from '../../src/codegen/print.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Draw } from '../harness/oracle/draw.js';
import { SOAK } from '../harness/oracle/world.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => link.close());

const NAMES = ['a', 'b', 'c'];
const EDGES = [0, -0, 1, -1, 0.1, 2 ** 53, -(2 ** 31), 1e308, 5e-324, 1 / 3, Number.NaN, 1 / 0, -1 / 0, 64, -7];

/** A number; something in it is not constant, for Lua folds constants, and then -0 is 0. */
function drawNumber(draw: Draw, depth: number): Ir {
  if (depth === 0) return variable(draw.pick(NAMES));
  const left = drawNumber(draw, depth - 1);
  const right = draw.chance(0.3) ? int(draw.int(-9, 9)) : drawNumber(draw, depth - 1);
  switch (draw.int(0, 5)) {
    case 0:
      return { k: 'minus', a: left };
    case 1:
      return select(drawCondition(draw, depth - 1), left, right);
    case 2:
      return draw.chance(0.5) ? call('floor', left) : call('fmod', left, right);
    default:
      return binary(draw.pick<BinaryOp>(['+', '-', '*', '/']), left, right);
  }
}

function drawCondition(draw: Draw, depth: number): Ir {
  if (depth > 0 && draw.chance(0.3)) {
    return binary(draw.pick<BinaryOp>(['and', 'or']), drawCondition(draw, depth - 1), drawCondition(draw, depth - 1));
  }
  if (draw.chance(0.2)) return not(drawCondition(draw, depth));
  const op = draw.pick<BinaryOp>(['<', '<=', '>', '>=', '==', '~=']);
  return binary(op, drawNumber(draw, depth), draw.chance(0.3) ? int(draw.int(-3, 3)) : drawNumber(draw, depth));
}

const pack = (values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => void buffer.writeDoubleLE(value, i * 8));
  return buffer;
};

/** Runs Lua that leaves results in `out`. */
async function inServer(body: string, values: readonly number[], count: number): Promise<number[]> {
  const script = `local floor, fmod = math.floor, math.fmod local a, b, c = struct.unpack('<ddd', ARGV[1]) local out = {} ${body}
return struct.pack('<' .. string.rep('d', ${count}), unpack(out, 1, ${count}))`;
  const reply = await link.call(
    { key: 'x', command: ['EVAL_RO', script, '0', pack(values)], readOnly: true, idempotent: true },
    link.context(),
  );
  return Array.from({ length: count }, (_, i) => (reply as Buffer).readDoubleLE(i * 8));
}

function inJavaScript(body: string, values: readonly number[]): number[] {
  const run = new Function('floor', 'fmod', 'a', 'b', 'c', 'out', `'use strict'; ${body} return out;`);
  return run(Math.floor, (x: number, y: number) => x % y, ...values, []);
}

it('random expressions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const draw = new Draw(g);
      const exprs = draw.list(20, () => drawNumber(draw, draw.int(1, 4)));
      const values = NAMES.map(() => (draw.chance(0.6) ? draw.pick(EDGES) : draw.double()));
      const lua = exprs.map((expr, i) => `out[${i + 1}] = ${printLuaExpression(expr)}`).join(' ');
      const js = exprs.map((expr, i) => `out[${i}] = ${printJavaScriptExpression(expr)};`).join(' ');
      const theirs = await inServer(lua, values, exprs.length);
      for (const [i, value] of inJavaScript(js, values).entries()) {
        if (!Object.is(value, theirs[i])) {
          throw new Error(
            `${printLuaExpression(exprs[i] as Ir)} is ${theirs[i]} in Lua, ${value} in JavaScript; ${values}`,
          );
        }
      }
    }),
    { numRuns: 40 * SOAK, endOnFailure: true },
  );
});

it('statements: locals, scopes, conditions with and without another way', async () => {
  const x = variable('x');
  const at = (i: number) => ({ lua: `out[${i + 1}] = x`, js: `out[${i}] = x;` });
  const body: Stmt[] = [
    { s: 'local', name: 'x', value: add(variable('a'), int(1)) },
    {
      s: 'scope',
      body: [
        { s: 'local', name: 'x', value: mul(variable('b'), int(3)) },
        { s: 'raw', ...at(0) },
      ],
    },
    {
      s: 'if',
      cond: binary('<', x, int(0)),
      body: [{ s: 'set', target: x, value: int(-5) }],
      otherwise: [{ s: 'set', target: x, value: int(7) }],
    },
    {
      s: 'if',
      cond: or(binary('==', x, int(7)), binary('~=', x, x)),
      body: [{ s: 'set', target: x, value: { k: 'minus', a: x } }],
    },
    { s: 'raw', ...at(1) },
  ];
  for (const values of [
    [1, 2, 3],
    [-4, -0, 0],
    [Number.NaN, 1, 1],
  ]) {
    expect(await inServer(printLua(body), values, 2)).toEqual(inJavaScript(printJavaScript(body), values));
  }
});

it('only small whole numbers may stand in the text of a kernel', () => {
  for (const value of [0.5, -0, Number.NaN, 2 ** 60]) expect(() => printLuaExpression(int(value))).toThrow(RangeError);
  expect(printLuaExpression(int(-3))).toBe('(-3)');
});

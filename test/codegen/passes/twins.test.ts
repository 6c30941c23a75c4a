/** Row passes in a real server's Lua and in JavaScript: the same bits, whatever comes. */
import fc from 'fast-check';
import type { RowPass } from '../../../src/codegen/passes/pass.js';
import { products } from '../../../src/codegen/passes/products.js';
import { qr, unpackedR } from '../../../src/codegen/passes/qr.js';
import { residuals } from '../../../src/codegen/passes/residuals.js';
import { connect, type Shardfold } from '../../../src/index.js';
import { sharedUrl } from '../../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1) });
});
afterAll(() => sf.close());

const doubles = (list: readonly number[]): Buffer => Buffer.from(new Float64Array(list).buffer);

/** The flat states of the rows before and from `cut` on, and both joined. */
const script = (pass: RowPass, width: number): string => `local floor, concat = math.floor, table.concat
${pass.lua(width)}
local width, count, cut = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function numbers(text)
  local list = {}
  for i = 1, #text / 8 do list[i] = struct.unpack('<d', text, i * 8 - 7) end
  return list
end
local list, values = numbers(ARGV[4]), numbers(ARGV[5])
local function flat(first, last)
  local state = ${pass.name}_new(width, list)
  for row = first, last do ${pass.name}_row(state, unpack(values, (row - 1) * width + 1, row * width)) end
  return ${pass.name}_flat(state)
end
local function packed(numbers)
  local parts = {}
  for i, number in ipairs(numbers) do parts[i] = struct.pack('<d', number) end
  return table.concat(parts)
end
local a, b = flat(1, cut), flat(cut + 1, count)
local before, after = packed(a), packed(b)
return { before, after, packed(${pass.name}_join(a, b, width, list)) }`;

interface Case {
  readonly width: number;
  readonly list: readonly number[];
  readonly rows: readonly (readonly number[])[];
  readonly cut: number;
}

async function inLua(pass: RowPass, { width, list, rows, cut }: Case): Promise<number[][]> {
  const [node] = sf.link.nodes();
  const args = [String(width), String(rows.length), String(cut), doubles(list), doubles(rows.flat())];
  const call = ['EVAL', script(pass, width), '0', ...args];
  const replies = (await sf.link.callNode(node?.id as string, call, sf.link.context())) as Buffer[];
  return replies.map((reply) => [...new Float64Array(new Uint8Array(reply).buffer)]);
}

function inJavaScript({ js }: RowPass, { width, list, rows, cut }: Case): number[][] {
  const [a, b] = [rows.slice(0, cut), rows.slice(cut)].map((part) => {
    const state = js.create(width, list);
    for (const row of part) js.row(state, row);
    return [...js.flat(state)];
  }) as [number[], number[]];
  return [a, b, js.join(a, b, width, list)];
}

/** Whole numbers, plain doubles, zeros, the ends of the range. */
const plain = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -1000, max: 1000, noNaN: true }) },
  fc.integer({ min: -9, max: 9 }),
  fc.constant(0),
);
const wild = fc.oneof(
  plain,
  fc.double(),
  fc.constantFrom(1e200, -1e200, 1e308, 1e-200, 5e-324, Number.NaN, Number.POSITIVE_INFINITY),
);

const casesOf = (value: fc.Arbitrary<number>, listOf: (width: number) => fc.Arbitrary<number[]>): fc.Arbitrary<Case> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2, max: 150 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .chain(([width, count, part]) => {
      const rows = fc.array(fc.array(value, { minLength: width, maxLength: width }), {
        minLength: count,
        maxLength: count,
      });
      const cut = 1 + Math.floor(part * (count - 2));
      return fc.record({ width: fc.constant(width), list: listOf(width), rows, cut: fc.constant(cut) });
    });

const flag = (width: number): fc.Arbitrary<number[]> => fc.constantFrom(...(width > 1 ? [[0], [1]] : [[0]]));
const pairs = (width: number): fc.Arbitrary<number[]> =>
  fc
    .integer({ min: Math.max(0, width - 2), max: width - 1 })
    .chain((p) => fc.array(plain, { minLength: 2 * p, maxLength: 2 * p }));

describe.each([
  ['qr', qr, flag],
  ['residuals', residuals, pairs],
  ['products', products, flag],
] as const)('%s', (_name, pass, listOf) => {
  it.each([
    ['plain', plain],
    ['wild', wild],
  ])('gives the same bits in both, of %s numbers', async (_kind, value) => {
    await fc.assert(
      fc.asyncProperty(casesOf(value, listOf), async (each) => {
        expect(await inLua(pass, each)).toEqual(inJavaScript(pass, each));
      }),
      { numRuns: pass === products ? 6 : 25, seed: 6 },
    );
  });

  it('never loses a number that is not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const place of [0, 1, 2]) {
        for (const at of [3, 66]) {
          const rows = Array.from({ length: 100 }, (_, i) => [i % 3, 0, 1]);
          (rows[at] as number[])[place] = bad;
          const list: number[] = pass === residuals ? [1, 0, 2, 0] : [0];
          for (const flat of [inJavaScript(pass, { width: 3, list, rows, cut: at })]) {
            expect(flat[2]?.some((x) => !Number.isFinite(x) || x === 1000)).toBe(true);
          }
        }
      }
    }
  });
});

it('never loses NaN under numbers whose squares leave the range', async () => {
  const rows = Array.from({ length: 130 }, (_, i) => [i < 64 ? 1e150 : Number.NaN]);
  const each = { width: 1, list: [0], rows, cut: 128 };
  const flat = [Number.NaN, expect.any(Number)];
  expect(inJavaScript(qr, each)).toEqual([flat, flat, flat]);
  expect(await inLua(qr, each)).toEqual(inJavaScript(qr, each));
});

it('keeps norms where squares leave the range of doubles', () => {
  for (const size of [1e-320, 1e-200, 1, 1e200]) {
    const rows = Array.from({ length: 70 }, (_, i) => [size * (1 + (i % 7)), size * (1 + (i % 5))]);
    const [, , flat] = inJavaScript(qr, { width: 2, list: [0], rows, cut: 30 });
    const { r, rows: count } = unpackedR(flat as number[], 2);
    expect(count).toBe(70);
    expect((r[0]?.[0] as number) / size).toBeCloseTo(Math.sqrt(1400), size < 1e-300 ? 1 : 10);
  }
});

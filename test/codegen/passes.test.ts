// Passes over rows, in a real server and in JavaScript: the same bits, and what they are to come to.
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { clusters } from '../../src/codegen/passes/clusters.js';
import { expMinus, logPlus, minusLog } from '../../src/codegen/passes/exponential.js';
import { gram } from '../../src/codegen/passes/gram.js';
import { logistic } from '../../src/codegen/passes/logistic.js';
import { moments } from '../../src/codegen/passes/moments.js';
import type { RowPass } from '../../src/codegen/passes/pass.js';
import { seeding } from '../../src/codegen/passes/seeding.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => link.close());

type Rows = readonly (readonly number[])[];

const pack = (values: readonly number[]): Buffer => Buffer.from(Float64Array.from(values).buffer);

function* chance(seed = 1): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 16807) % 2147483647;
    yield state / 2147483647;
  }
}

/** Joins runs of rows as shards do: in the server. */
async function inServer(pass: RowPass, runs: readonly Rows[], width: number, list: readonly number[]) {
  const { name } = pass;
  const script = `${pass.lua(width)}
local function doubles(text)
  local t = {}
  for i = 1, #text / 8 do t[i] = struct.unpack('<d', text, i * 8 - 7) end
  return t
end
local list, joined = doubles(ARGV[1])
for i = 2, #ARGV do
  local x, state = doubles(ARGV[i]), ${name}_new(${width}, list)
  for r = 0, #x - ${width}, ${width} do ${name}_row(state, unpack(x, r + 1, r + ${width})) end
  local flat = ${name}_flat(state)
  joined = joined and ${name}_join(joined, flat, ${width}, list) or flat
end
local out = {}
for i = 1, #joined do out[i] = struct.pack('<d', joined[i]) end
return table.concat(out)`;
  const command = ['EVAL_RO', script, '0', pack(list), ...runs.map((rows) => pack(rows.flat()))];
  const reply = await link.call({ key: 'x', command, readOnly: true, idempotent: true }, link.context());
  return Array.from({ length: (reply as Buffer).length / 8 }, (_, i) => (reply as Buffer).readDoubleLE(i * 8));
}

function here({ js }: RowPass, runs: readonly Rows[], width: number, list: readonly number[]): number[] {
  const flats = runs.map((rows) => {
    const state = js.create(width, list);
    for (const row of rows) js.row(state, row);
    return js.flat(state);
  });
  return flats.reduce((a, b) => js.join(a, b, width, list));
}

const CASES: readonly [pass: RowPass, constants: (width: number) => number][] = [
  [gram, (width) => width],
  [moments, () => 0],
  [clusters, (width) => 3 * width],
  [seeding, () => 2],
  [seeding, (width) => 2 + 4 * width],
  [logistic, (width) => 3 * (width - 1)],
];

it.each(CASES.map(([pass, constants]) => [pass.name, pass, constants] as const))(
  '%s: the same bits in Lua and in JavaScript',
  async (name, pass, constants) => {
    for (const width of [2, 3, 8, 61]) {
      const random = chance(width);
      const next = (): number => (random.next().value as number) * 6 - 3;
      const row = (): number[] => {
        const values = Array.from({ length: width }, next);
        return name === 'logistic' ? [...values.slice(1), next() > 0 ? 1 : 0] : values;
      };
      const list = Array.from({ length: constants(width) }, next);
      const runs = [1, 63, 64, 65, 200].map((count) => Array.from({ length: count }, row));
      const odd = [runs[0] as Rows, [...(runs[1] as Rows), [...Array<number>(width - 1).fill(Number.NaN), 1]]];
      const huge = [[Array<number>(width).fill(1e200)], [Array<number>(width).fill(-1e200)]];
      for (const some of [runs, runs.toReversed(), odd, huge]) {
        expect(await inServer(pass, some, width, list)).toEqual(here(pass, some, width, list));
      }
    }
  },
);

it('exp and ln are those of JavaScript, but for the last bits', () => {
  const random = chance();
  const off = { exp: 0, ln: 0, log: 0 };
  for (let i = 0; i < 20_000; i++) {
    const u = random.next().value as number;
    const a = i % 2 === 0 ? u * 2 : u * 700;
    off.exp = Math.max(off.exp, Math.abs(expMinus(a) / Math.exp(-a) - 1));
    off.log = Math.max(off.log, Math.abs(minusLog(u ** 20) - -20 * Math.log(u)) / (1 - 20 * Math.log(u)));
    off.ln = Math.max(off.ln, Math.abs(logPlus(u) / Math.log1p(u) - 1));
  }
  expect(off.exp).toBeLessThanOrEqual(2 ** -52);
  expect(off.log).toBeLessThanOrEqual(2 ** -50);
  expect(off.ln).toBeLessThanOrEqual(2 ** -51);
  expect([expMinus(0), expMinus(709), expMinus(1e300), logPlus(0)]).toEqual([1, 0, 0, 0]);
});

it('draws rows by the square of their distance, evenly where there is no centre', () => {
  const rows = [[0], [1], [3]];
  const shares = (list: readonly number[]): number[] => {
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 5000; seed++) {
      const apart = rows.map((row) => [row]);
      for (const runs of [[rows], apart]) {
        const [, value = 0] = here(seeding, runs, 1, [seed, ...list]);
        counts[value] = (counts[value] as number) + 1;
      }
    }
    return counts.map((count) => Math.round(count / 500) / 20);
  };
  expect(shares([1])).toEqual([0.35, 0.35, 0, 0.35]);
  expect(shares([2, 0])).toEqual([0, 0.1, 0, 0.9]);
  expect(shares([2, 0, 3])).toEqual([0, 1, 0, 0]);
});

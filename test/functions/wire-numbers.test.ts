import fc from 'fast-check';
import number from '../../lua/functions/number.lua';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { callersOf } from '../../src/functions/callers.js';
import { type FunctionSpec, t } from '../../src/functions/define/index.js';
import { sharedUrl } from '../harness/cluster.js';
import { usersLibrary } from './users.js';
import { anyNumber } from './wire-random.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1) });
});
afterAll(() => link.close());

const numbers = t.array(t.number);
const specs = {
  same: { name: 'same', flags: [], keys: {}, args: { x: t.number }, returns: t.number },
  all: { name: 'all', flags: [], keys: {}, args: { xs: numbers }, returns: numbers },
  format: { name: 'format', flags: [], keys: {}, args: { xs: numbers }, returns: t.array(t.string) },
  parse: { name: 'parse', flags: [], keys: {}, args: { texts: t.array(t.string) }, returns: numbers },
  pack: { name: 'pack', flags: [], keys: {}, args: { x: t.number }, returns: t.bytes },
} as const satisfies Record<string, FunctionSpec>;

const bodies = {
  same: 'return args.x',
  all: 'return args.xs',
  format:
    'local made = {} for i, x in ipairs(args.xs) do made[i] = require("shardfold.number").format(x) end return made',
  parse:
    'local made = {} for i, s in ipairs(args.texts) do made[i] = require("shardfold.number").parse(s) or -1 end return made',
  pack: 'return struct.pack("<d", args.x)',
};
const library = usersLibrary(specs, bodies);
const fns = () => callersOf(link, library);

const powers = [
  ...Array.from({ length: 1074 + 1024 }, (_, i) => 2 ** (i - 1074)),
  ...Array.from({ length: 324 + 309 }, (_, i) => Number(`1e${i - 324}`)),
];
const special = [0, -0, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 0.1 + 0.2, 1e21, 1e-7];
const signed = (xs: number[]) => [...xs, ...xs.map((x) => -x)];

/** Random bit patterns: every exponent as likely as any other. */
function randomDoubles(count: number): number[] {
  const xs = new Float64Array(count);
  crypto.getRandomValues(new Uint8Array(xs.buffer, 0, Math.min(65536, xs.byteLength)));
  return [...xs];
}

it('powers of two and ten, subnormals and all specials, to the bit', async () => {
  const xs = signed([...powers, ...special]);
  expect(await fns().all({}, { xs })).toEqual(xs);
  for (const x of signed(special)) expect(await fns().same({}, { x })).toBe(x);
});

it('any number, alone and in an array, and with the same bits inside', async () => {
  await fc.assert(
    fc.asyncProperty(anyNumber, async (x) => {
      expect(await fns().same({}, { x })).toBe(x);
      expect(await fns().all({}, { xs: [x] })).toEqual([x]);
      const bits = Buffer.alloc(8);
      bits.writeDoubleLE(x);
      expect(await fns().pack({}, { x })).toEqual(bits);
    }),
    { numRuns: 150 },
  );
});

it('number.format writes what String(x) writes', async () => {
  const xs = [
    ...signed([...powers, ...special]),
    ...randomDoubles(8192),
    ...Array.from({ length: 3000 }, () => Math.round(Math.random() * 1e9) / 10 ** Math.floor(Math.random() * 12)),
    ...Array.from({ length: 3000 }, () => Math.random() * 10 ** Math.floor(Math.random() * 40 - 20)),
  ];
  expect(await fns().format({}, { xs })).toEqual(xs.map(String));
});

it('number.parse reads what String(x) writes, and nothing that is no number', async () => {
  const xs = signed([...powers, ...special.filter((x) => !Object.is(x, -0)), ...randomDoubles(2000)]);
  expect(await fns().parse({}, { texts: xs.map((x) => (Object.is(x, -0) ? '-0' : String(x))) })).toEqual(xs);
  const not = [
    '',
    ' 1',
    '1 ',
    '0x10',
    'inf',
    'nan',
    '+1',
    '.5',
    '1e',
    '--1',
    '1-',
    '-',
    'e5',
    '1,5',
    '١',
    '1\0',
    '-NaN',
  ];
  expect(await fns().parse({}, { texts: not })).toEqual(not.map(() => -1));
});

it('would be seen to fail with Lua’s own tostring', async () => {
  const naive = `${number.replace(/return M\s*$/, '')}M.format = tostring\nreturn M\n`;
  const modules = { 'shardfold.number': { file: 'naive.lua', text: naive } };
  const { all } = callersOf(link, usersLibrary(specs, bodies, modules));
  const xs = [0.1 + 0.2];
  expect(await fns().all({}, { xs })).toEqual(xs);
  expect(await all({}, { xs })).not.toEqual(xs);
});

/** The greatest text of each shape that the build lets through is the greatest that a server loads. */
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { checkLua } from '../../../src/functions/build/lua-check.js';
import { bundleLibrary, type LuaModule } from '../../../src/functions/bundle.js';
import { loadInto } from '../../../src/functions/load.js';
import { sharedUrl } from '../../harness/cluster.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1) });
});
afterAll(() => link.close());

const moduleOf = (text: string): LuaModule => ({ file: 'lib/m.lua', text });

/** Undefined where a server loads it. */
async function refusal(text: string): Promise<string | undefined> {
  const one = { name: 'limits', flags: [], module: 'm', file: 'lib/m.lua', line: 1 };
  const { name, code } = bundleLibrary({ library: 'limits', functions: [one], load: () => moduleOf(text) });
  const { id } = link.ownerOf(0);
  try {
    await link.callNode(id, ['FUNCTION', 'LOAD', 'REPLACE', code], link.context(), true);
    await link.callNode(id, ['FUNCTION', 'DELETE', name], link.context(), true);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const inFunction = (...lines: string[]) => ['return function(keys, args)', ...lines, 'end'].join('\n');
const times = (text: string, n: number) => text.repeat(n);
const list = (n: number, one = '1') => Array(n).fill(one).join();
const names = (n: number) => Array.from({ length: n }, (_, i) => `v${i}`).join();

const LEVELS = /too many syntax levels/;
const levels: Record<string, (n: number) => string> = {
  joined: (n) => inFunction('local s = "a"', `return ${Array(n).fill('s').join(' .. ')}`),
  powers: (n) => inFunction(`return ${times('2 ^ ', n)}1`),
  parentheses: (n) => inFunction(`return ${times('(', n)}1${times(')', n)}`),
  choices: (n) => inFunction(`return ${times('keys and (', n)}1${times(')', n)}`),
  sums: (n) => inFunction(`return ${times('1 + (2 * ', n)}1${times(')', n)}`),
  negations: (n) => inFunction(`return ${times('not ', n)}1`),
  calls: (n) => inFunction('local f = type', `return ${times('f(', n)}1${times(')', n)}`),
  tables: (n) => inFunction(`return ${times('{ x = ', n)}{}${times(' }', n)}`),
  keys: (n) => inFunction(`return ${times('{ [', n)}1${times('] = 1; }', n)}`),
  indexes: (n) => inFunction('local t = {}', `return ${times('t[', n)}1${times(']', n)}`),
  functions: (n) => `return ${times('function() return ', n)}1${times(' end', n)}`,
  'local functions': (n) => inFunction(times('local function f() ', n), times('end ', n)),
  methods: (n) => inFunction('local t = {}', times('function t.a:b() ', n), times('end ', n)),
  blocks: (n) => inFunction(times('do ', n), times('end ', n)),
  branches: (n) => inFunction(times('if keys then elseif args then else ', n), times('end ', n)),
  'repeated blocks': (n) => inFunction(times('repeat ', n), times('until 1 ', n)),
  'blocks while': (n) => inFunction(times('while 1 do ', n), times('end ', n)),
};

const REGISTERS = /function or expression too complex/;
const registers: Record<string, (n: number) => string> = {
  arguments: (n) => inFunction(`type(${list(n)})`),
  'arguments of a method': (n) => inFunction(`return keys:x(${list(n, 'keys')})`),
  'arguments beside locals': (n) => inFunction(`local ${names(190)}`, `type(${list(n)})`),
  'arguments after others': (n) => inFunction(`return type(${list(100)}, type(${list(100)}, type(${list(n)})))`),
  'arguments after a sum': (n) => inFunction(`return 1 + type(1) + type(${list(n)})`),
  'arguments after joined strings': (n) => inFunction(`return ${times('"a" .. ', 100)} type(${list(n)})`),
  'arguments within a table': (n) => inFunction(`return { 1, 2, 3, type(${list(n)}) }`),
  'arguments in a field': (n) => inFunction(`return { 1, 2, 3, x = type(${list(n)}) }`),
  'arguments in an index': (n) => inFunction(`return keys.a.b[type(${list(n)})]`),
  'arguments in a condition': (n) => inFunction(`if type(${list(n)}) then return 1 end`),
  'arguments in a loop': (n) => inFunction(`for i = 1, type(${list(n)}) do return 1 end`),
  'arguments of an iterator': (n) => inFunction(`for k, v in pairs(${list(n)}) do return 1 end`),
  'returned values': (n) => inFunction(`return ${list(n)}`),
  'assigned values': (n) => inFunction(`keys.a, keys.b = ${list(n)}`),
};

function greatest(shape: (n: number) => string): number {
  let [least, most] = [1, 400];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (checkLua(moduleOf(shape(middle))).length === 0) least = middle;
    else most = middle - 1;
  }
  return least;
}

it.each([
  ...Object.entries(levels).map(([name, shape]) => ({ name, shape, server: LEVELS })),
  ...Object.entries(registers).map(([name, shape]) => ({ name, shape, server: REGISTERS })),
])('$name', async ({ shape, server }) => {
  const n = greatest(shape);
  expect(await refusal(shape(n))).toBeUndefined();
  expect(await refusal(shape(n + 1))).toMatch(server);
});

it('a text that nests beyond all measure has a line, too', () => {
  const text = `\n${'('.repeat(300)}\n${'('.repeat(50_000)}1${')'.repeat(50_300)}`;
  expect(checkLua(moduleOf(`return ${text}`))).toMatchObject([
    { line: 2, problem: expect.stringMatching(/nests deeper/) },
  ]);
  expect(checkLua(moduleOf(`return ${'('.repeat(100)}`))).toMatchObject([
    { problem: expect.stringMatching(/expected/) },
  ]);
});

it('a load that a server refuses keeps file and line, and says what mends it', async () => {
  const one = { name: 'limits', flags: [], module: 'm', file: 'lib/m.lua', line: 1 };
  const load = () => moduleOf(inFunction('', `return ${'{'.repeat(200)}${'}'.repeat(200)}`));
  const library = bundleLibrary({ library: 'limits', functions: [one], load });
  await expect(loadInto(link, link.ownerOf(0).id, library, link.context())).rejects.toMatchObject({
    code: 'FUNCTION_LOAD_FAILED',
    message: expect.stringMatching(/lib\/m\.lua:3: chunk has too many syntax levels/),
    hint: expect.stringContaining('local variables'),
  });
});

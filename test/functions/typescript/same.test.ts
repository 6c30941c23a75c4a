/** The same bodies, as JavaScript and as Lua in a server, over the same random arguments. */
import fc from 'fast-check';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import type { Rewrite } from '../../../src/functions/build/typescript/rewrite.js';
import type { BuiltLibrary } from '../../../src/functions/built.js';
import { callBuilt } from '../../../src/functions/callers.js';
import type { FunctionDefinition } from '../../../src/functions/define/define-function.js';
import { sharedUrl } from '../../harness/cluster.js';
import { buildSources } from './library.js';
import * as arrays from './sources/same/arrays.js';
import * as control from './sources/same/control.js';
import * as language from './sources/same/language.js';
import * as mended from './sources/same/mended.js';
import * as more from './sources/same/more.js';
import * as numbers from './sources/same/numbers.js';
import * as objects from './sources/same/objects.js';
import * as strings from './sources/same/strings.js';
import { recordOf } from './values.js';

interface Runnable {
  readonly name: string;
  readonly args: FunctionDefinition['args'];
  readonly body: (keys: object, args: object) => unknown;
}

const FUNCTIONS = [numbers, strings, arrays, objects, control, language, mended, more].flatMap(
  (module) => Object.values(module) as unknown as Runnable[],
);
const RUNS = 100;

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
});
afterAll(() => link.close());

type Outcome = { readonly value: unknown } | { readonly error: string };

/** Errors are compared by their text. */
function inJavaScript({ body }: Runnable, args: object): Outcome {
  try {
    return { value: body({}, structuredClone(args)) ?? null };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

async function inServer(library: BuiltLibrary, name: string, args: object): Promise<Outcome> {
  try {
    return { value: await callBuilt(link, library, name, {}, args, { idempotent: true }, link.context()) };
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    return { error: error.message };
  }
}

function expectSame(lua: Outcome, js: Outcome): void {
  if ('error' in js) {
    expect(lua).toHaveProperty('error');
    if ('error' in lua)
      expect(lua.error.replaceAll(/\s/g, ' ')).toContain(js.error.replaceAll(/\s/g, ' ').split('\0')[0]);
  } else expect(lua).toEqual(plain(js));
}

/** Buffers came through structuredClone as plain Uint8Arrays. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

/** Whether a function of the library gives the same as its body. */
async function check(library: BuiltLibrary, one: Runnable, seed?: number): Promise<void> {
  const property = fc.asyncProperty(recordOf(one.args), async (args) => {
    expectSame(await inServer(library, one.name, args), inJavaScript(one, args));
  });
  // Its lists take long, and hardly depend on the arguments.
  const numRuns = one.name === 'large' ? 3 : RUNS;
  await fc.assert(property, { numRuns, ...(seed !== undefined && { seed }) });
}

describe('compiled functions give what their bodies give as JavaScript', () => {
  let library: BuiltLibrary;
  beforeAll(async () => {
    library = await buildSources('same');
  });

  it('tests every function of the folder', () => {
    expect(FUNCTIONS.map(({ name }) => name).sort()).toEqual(Object.keys(library.specs).sort());
  });

  it.each(FUNCTIONS.map((one): [string, Runnable] => [one.name, one]))('%s', async (_name, one) => {
    await check(library, one);
  });
});

describe('without a rewrite they do not', () => {
  const twins: [Rewrite, readonly string[]][] = [
    ['modulo', ['remainder']],
    ['text', ['texts']],
    ['sort', ['sorting']],
    ['order', ['order']],
  ];

  it.each(twins)('%s', async (rewrite, names) => {
    const library = await buildSources('same', [rewrite]);
    for (const one of FUNCTIONS.filter(({ name }) => names.includes(name))) {
      await expect(check(library, one, 1)).rejects.toThrow('Property failed');
    }
  });
});

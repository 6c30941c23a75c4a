/** Errors of compiled functions name the TypeScript that raised them. */
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import type { BuiltLibrary } from '../../../src/functions/built.js';
import { callBuilt } from '../../../src/functions/callers.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';
import { buildSources } from './library.js';

let link: ClusterLink;
let library: BuiltLibrary;
const key = uniquePrefix();

beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
  library = await buildSources('failing');
  await fail('');
});
afterAll(() => link.close());

async function fail(how: string): Promise<ShardfoldError | undefined> {
  const args = { how, list: [3], raw: Buffer.from([255]) };
  try {
    await callBuilt(
      link,
      library,
      'fail',
      { key },
      how === 'empty' ? { ...args, list: [] } : args,
      { idempotent: true },
      link.context(),
    );
    return undefined;
  } catch (error) {
    if (error instanceof ShardfoldError) return error;
    throw error;
  }
}

describe('an error in a compiled function names its line', () => {
  const check = 'lib/check.ts:4';
  const cases: [how: string, place: string, message: RegExp][] = [
    ['throw', 'failing.ts:9', /^thrown over 1 elements, in several lines \(failing\/failing\.ts:9, on /],
    ['elsewhere', check, /^TOOMUCH 3 \(/],
    ['hole', 'failing.ts:12', /^no element 2 in an array of 1: assigning it would leave a hole \(/],
    ['count', 'failing.ts:13', /^Invalid count value: -1 \(/],
    ['text', 'failing.ts:14', /^these bytes are not text: they are not UTF-8 \(/],
    ['empty', 'failing.ts:15', /^Reduce of empty array with no initial value \(/],
    ['again', check, /^TOOMUCH 3 \(/],
    ['finally', check, /^TOOMUCH 3 \(/],
    ['nil', 'failing.ts:32', /attempt to index field 'field' \(a nil value\)/],
    ['type', 'failing.ts:34', /^WRONGTYPE Operation /],
    ['spread', 'failing.ts:43', /^a spread of 20000 values into a call: servers take 7999; pass them on in pieces \(/],
    ['mapped', 'failing.ts:47', /^the array became shorter while it was mapped, which would leave holes \(/],
    ['key', 'failing.ts:51', /^Set: null or undefined is no key in Lua \(/],
    ['class', 'failing.ts:58', /^CLASS true \(/],
    ['caught', 'failing.ts:39', /^CAUGHT WRONGTYPE Operation /],
  ];

  it.each(cases)('%s', async (how, place, message) => {
    const error = await fail(how);
    expect(error?.message).toMatch(message);
    expect(error).toMatchObject({
      code: how === 'text' ? 'INVALID_VALUE' : 'FUNCTION_FAILED',
      kernel: `fail (failing/${place})`,
    });
  });

  it('and there is none where nothing fails', async () => {
    expect(await fail('')).toBeUndefined();
  });
});

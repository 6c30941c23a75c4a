// Globs as the server itself reads them: its own answers are the oracle, for the matcher in JavaScript and for that in Lua.
import fc from 'fast-check';
import { slotOf } from '../../../src/cluster/slots.js';
import type { Argument } from '../../../src/cluster/types.js';
import { slotsOfPattern } from '../../../src/engine/keys/pattern-slots.js';
import { connect, type Shardfold } from '../../../src/index.js';
import { classifyGlob, globMatcher } from '../../../src/plan/keys/glob.js';
import { luaGlob } from '../../../src/plan/keys/glob-lua.js';
import { byteText } from '../../../src/plan/keys/glob-tokens.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';
import { SOAK } from '../../harness/soak.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1) });
});
afterAll(() => sf.close());

const command = (...words: readonly Argument[]) =>
  sf.link.call(
    { key: words[words[0] === 'EVAL' ? 3 : 1] ?? '', command: words, readOnly: true, idempotent: true },
    sf.link.context(),
  );

const texts = (reply: unknown): string[] => (reply as readonly Buffer[]).map((key) => key.toString()).sort();

/** Members of a set by SSCAN MATCH, which matches as KEYS and SCAN do, and of a set alone. */
async function byServer(set: string, pattern: string): Promise<string[]> {
  const [cursor, found] = (await command('SSCAN', set, '0', 'MATCH', pattern, 'COUNT', '100000')) as readonly unknown[];
  if (String(cursor) !== '0') throw new Error('SSCAN did not come to its end');
  return texts(found);
}

function byLua(set: string, pattern: string): Promise<unknown> {
  const { args, setup, test } = luaGlob(pattern, (k) => `ARGV[${k + 1}]`);
  const script = `local find, sub = string.find, string.sub
${setup.join('\n')}
local found = {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do if ${test} then found[#found + 1] = key end end
return found`;
  return command('EVAL', script, '1', set, ...args);
}

async function compare(set: string, keys: readonly string[], pattern: string): Promise<void> {
  const theirs = await byServer(set, pattern);
  expect([pattern, texts(await byLua(set, pattern))]).toEqual([pattern, theirs]);
  const matches = globMatcher(pattern);
  const ours = [...new Set(keys)].filter((key) => matches(byteText(key))).sort();
  expect([pattern, ours]).toEqual([pattern, theirs]);
}

const CHARACTERS = [
  'a',
  'b',
  'c',
  'z',
  '-',
  '^',
  ']',
  '[',
  '\\',
  '*',
  '?',
  '.',
  '%',
  '$',
  '+',
  '\0',
  'é',
  '\u{7f}',
  '{',
  '}',
];
const key = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 7 });
/** Bytes of everything, and what Redis's own documentation shows. */
const EVERY = [
  ...Array.from({ length: 256 }, (_, i) => String.fromCodePoint(i)),
  '',
  'hello',
  'hallo',
  'hxllo',
  'hllo',
  'heeeello',
  'hbllo',
  'h*llo',
  'ab',
  'aab',
  'aaab',
];

it('edges: unfinished sets, escapes at the end, ranges backwards and over a bracket, bytes, stars and the empty key', async () => {
  const set = `${uniquePrefix()}{edges}`;
  await command('SADD', set, ...EVERY);
  const patterns =
    `* ** *** ? ?? *? ?* [ [^ [] [^] [a [^a [a-c [a- [a-] [^a-] [z-a] [a-z] [c-ax] []a] [\\] [\\]] [\\ [a\\ [a-\\] [\\a-z] [^\\]
    [--a] [^-a] [a^] [^^] \\ \\\\ \\a a\\ h?llo h*llo h[ae]llo h[^e]llo h[a-b]llo h\\*llo *l*l* *ll*o h*l*o* a*b a*a*b *a*a*a* é [é] [à-é] [a-é]
    [^é] \u00ff [\u00ff-a] %a %* . .* [.] [%a] [%] $ ^ ^a +`.split(/\s+/);
  for (const pattern of [...patterns, '[ -~]', '[\0-a]', '\0', '[^\0]', '*\0*', ' '])
    await compare(set, EVERY, pattern);
  expect(await byServer(set, '**')).toHaveLength(EVERY.length - 1);
  expect(globMatcher('*')('')).toBe(true);
});

it('any pattern over any keys', async () => {
  const prefix = uniquePrefix();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { minLength: 30, maxLength: 30 }),
      fc.array(key, { minLength: 6, maxLength: 6 }),
      async (keys, patterns) => {
        const set = `${prefix}:${run++}`;
        await command('SADD', set, ...keys);
        // A key with some bytes made wildcards matches more often than a pattern out of nowhere.
        const likely = keys.slice(0, 6).map((each, i) =>
          each
            .replaceAll('a', '*')
            .replaceAll('b', '?')
            .replace('c', `[${patterns[i]?.replaceAll(']', '') || 'c'}]`),
        );
        for (const pattern of [...patterns, ...likely])
          if (pattern !== '' && pattern !== '*') await compare(set, keys, pattern);
        await command('DEL', set);
      },
    ),
    { numRuns: 60 },
  );
});

it('keys of a keyspace, by KEYS', async () => {
  const prefix = uniquePrefix();
  const keys = ['order:1', 'order:22', 'order:{eu}:1', 'orders', 'user:1:cart', 'user:2:cart', 'user:2'].map(
    (each) => `${prefix}${each}`,
  );
  for (const each of keys) await command('SET', each, '1');
  for (const tail of ['order:*', 'order:?', 'user:*:cart', 'user:[13]*', '*:*:*', 'orders']) {
    const pattern = prefix + tail;
    const matches = globMatcher(pattern);
    expect(texts(await command('KEYS', pattern))).toEqual(keys.filter((each) => matches(each)).sort());
  }
});

it('the cheapest test decides, and scripts of one form are one text', () => {
  const kinds = ['*', 'a', 'a\\*b', '[a]b', 'a*', 'a**', 'a[b]*', 'a?', '**', '*a', 'a*b*'].map(
    (pattern) => classifyGlob(pattern).kind,
  );
  expect(kinds).toEqual([
    'all',
    'exact',
    'exact',
    'exact',
    'prefix',
    'prefix',
    'prefix',
    'general',
    'general',
    'general',
    'general',
  ]);
  const shown = (pattern: string): string[] => {
    const { setup, test } = luaGlob(pattern, (k) => `ARGV[${k + 3}]`);
    return [...setup, test];
  };
  expect(shown('order:*')).toEqual([
    'local glob = ARGV[3]',
    'local glob_size = #glob',
    'sub(key, 1, glob_size) == glob',
  ]);
  expect(shown('user:*:*:x')).toEqual(shown('*a*b*c'));
  expect(shown('user:?')).toEqual(shown('*[a-z]'));
  expect(luaGlob('a.*[a-c-]?', String).args.map(String)).toEqual(['^a%.', '^[%-abc].$', '4', '2']);
  expect(String(luaGlob('a*.b\\**?*\0*c', String).args)).toBe('m^a\0p.b*\0m.\0m%z\0m^c$\0,1');
});

it('stars that nothing follows through take no more time than they must', () => {
  const matches = globMatcher(`${'a*'.repeat(30)}b`);
  expect(matches('a'.repeat(20_000))).toBe(false);
});

it('long pieces and long keys, whose last byte is another one', async () => {
  const set = `${uniquePrefix()}{long}`;
  const keys = Array.from({ length: 20 * SOAK }, (_, i) => `${i}${'a'.repeat(3000)}`);
  await command('SADD', set, ...keys);
  const long = 'a'.repeat(400);
  for (const pattern of [`*${long}b`, `*${long}b*`, `*${long}b*a`]) {
    await compare(set, keys, pattern);
    await compare(set, keys, pattern.replaceAll('b', ''));
  }
});

it('slots: one where the key or the hash tag in front is constant', () => {
  const all = [[0, 16383]];
  const one = (text: string | Buffer) => [[slotOf(text), slotOf(text)]];
  for (const pattern of [
    '*',
    'order:*',
    '*{eu}',
    'a?{eu}',
    'a[bc]{eu}:*',
    'order:{*}',
    'order:{eu*}',
    '{}{eu}:*',
    '{e?}:1',
    'a{b'.concat('*'),
  ])
    expect([pattern, slotsOfPattern(pattern)]).toEqual([pattern, all]);
  expect(slotsOfPattern('order:{eu}:*')).toEqual(one('eu'));
  expect(slotsOfPattern('order:[{]eu}:*')).toEqual(one('eu'));
  expect(slotsOfPattern('{a{b}*')).toEqual(one('a{b'));
  expect(slotsOfPattern('order:\\*')).toEqual(one('order:*'));
  expect(slotsOfPattern('{é}*')).toEqual(one('é'));
  for (const exact of ['{}x', 'a{b', 'a{b}c', 'x']) expect(slotsOfPattern(exact)).toEqual(one(exact));
});

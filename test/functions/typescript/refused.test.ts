/**
 * What would mean something else in Lua: each line of sources/refused that ends with `//! text`, or stands above a line of
 * that alone, is refused with that text.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, type Problem } from '../../../src/functions/problems.js';
import { compileSources, sources } from './library.js';

const DIR = sources('refused');
const FILES = readdirSync(DIR).filter((name) => name.endsWith('.ts'));

const wantedIn = (file: string): string[] =>
  readFileSync(join(DIR, file), 'utf8')
    .split('\n')
    .flatMap((text, i) =>
      [...text.matchAll(/\/\/! (.*?)(?= ?\/\/!|$)/g)].map(
        ([, what]) => `${text.trim().startsWith('//!') ? i : i + 1}: ${what}`,
      ),
    );

describe('what would mean something else in Lua', () => {
  let problems: readonly Problem[] = [];
  beforeAll(async () => {
    const error: unknown = await compileSources('refused').catch((error: unknown) => error);
    if (!(error instanceof BuildError)) throw error;
    problems = error.problems;
  });

  it.each(FILES)('is refused, all of it at once, and nothing else: %s', (file) => {
    const wanted = wantedIn(file);
    const found = problems.filter((one) => one.file === `refused/${file}`);
    const unexpected = found.filter(
      ({ line, problem }) =>
        !wanted.some((one) => one.startsWith(`${line}: `) && problem.includes(one.slice(`${line}: `.length))),
    );
    const missing = wanted.filter(
      (one) =>
        !found.some(
          ({ line, problem }) => one.startsWith(`${line}: `) && problem.includes(one.slice(`${line}: `.length)),
        ),
    );
    expect({ unexpected: unexpected.map(({ line, problem }) => `${line}: ${problem}`), missing }).toEqual({
      unexpected: [],
      missing: [],
    });
    expect(found).toHaveLength(wanted.length);
  });

  it('says what to write instead, each time', () => {
    expect(problems.filter(({ hint }) => !hint)).toEqual([]);
    const hints = problems.filter(({ file }) => file === 'refused/replies.ts').map(({ hint }) => hint);
    expect(hints).toEqual([
      'write value === false',
      'write value !== false',
      'write value === false',
      'write value === false ? … : value',
      "write redis.call('EXISTS', key) > 0, or redis.call('EXISTS', key) !== 0, which lets NaN in",
      'write value !== false',
    ]);
    expect(problems.every(({ column = 0 }) => column > 0)).toBe(true);
  });
});

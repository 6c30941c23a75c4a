/** What the compilers say about queries: `npm run check` holds the right ones, here are those that must not compile. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';

const run = promisify(execFile);
const FOLDER = resolve('test/types-query');
const COMPILERS = { 'TypeScript 7': '@typescript/native/bin/tsc', 'TypeScript 6': 'typescript/bin/tsc6' };

async function compile(compiler: string): Promise<string> {
  const args = [resolve('node_modules', compiler), '-p', FOLDER, '--pretty', 'false'];
  return run(process.execPath, args).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

/** All that is said of a line, in one text: `wrong/columns.ts:9` → `error TS2345: …`. */
function messages(output: string): Map<string, string> {
  const all = new Map<string, string>();
  let place = '';
  for (const line of output.split('\n').filter((each) => each !== '')) {
    const [, file, number, text = line] = /^(?:.*\/)?(\w+\/\w+\.ts)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    if (file !== undefined) place = `${file}:${number}`;
    all.set(place, `${all.get(place) ?? ''}${text.trim()}\n`);
  }
  return all;
}

/** What the comments above the lines ask for. */
function expected(): Map<string, string> {
  const all = new Map<string, string>();
  for (const file of readdirSync(join(FOLDER, 'wrong'))) {
    readFileSync(join(FOLDER, 'wrong', file), 'utf8')
      .split('\n')
      .forEach((line, i) => {
        const [, text] = /^\/\/ error: (.*)$/.exec(line) ?? [];
        if (text !== undefined) all.set(`wrong/${file}:${i + 2}`, text);
      });
  }
  return all;
}

test.each(Object.entries(COMPILERS))('%s refuses what is wrong, and says which column', async (_, compiler) => {
  const said = messages(await compile(compiler));
  const wanted = expected();
  expect([...said.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [place, text] of wanted) expect(`${place} ${said.get(place)}`).toMatch(pattern(text));
});

// They compile all of src, and TypeScript 6 takes its time where others are at work.
jest.setTimeout(240_000);

/** `…` stands for anything: the compilers list the members of a union each in its own order. */
function pattern(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(parts.join('.*'), 's');
}

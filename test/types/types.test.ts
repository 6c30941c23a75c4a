/// <reference path="../../lua/types/values.d.ts" />
/** `shardfold/redis-lua-types`, as a library's folder gets it by the one line of its tsconfig. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bytes } from '../../src/functions/define/index.js';

const run = promisify(execFile);
const FIXTURE = join(process.cwd(), 'test/types/fixture');
const COMPILERS = { 'TypeScript 7': '@typescript/native/bin/tsc', 'TypeScript 6': 'typescript/bin/tsc6' };

async function compile(compiler: string, ...options: string[]): Promise<string> {
  const file = join(process.cwd(), 'node_modules', compiler);
  return run(process.execPath, [file, '-p', FIXTURE, ...options]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

const NODE = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];

test.each(Object.entries(COMPILERS))('%s: right calls compile, wrong ones do not', async (_, compiler) => {
  expect(await compile(compiler, '--skipLibCheck', 'false')).toBe('');
  expect(await compile(compiler, ...NODE)).toBe('');
});

test('bytes of functions and bytes of servers are one type', () => {
  // Checked by the compiler: each fits where the other is asked for, and what the server holds is text as well.
  const toServer = (value: Bytes): RedisLua.Bytes => value;
  const fromServer = (value: RedisLua.Bulk): Bytes & string => value;
  expect([toServer.length, fromServer.length]).toEqual([1, 1]);
});

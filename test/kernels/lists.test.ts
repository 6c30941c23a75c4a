/** The same name in three rooms: a kernel's Lua, its binding and its test; and its line in the library. */
import { readdirSync } from 'node:fs';
import { library } from '../../src/functions/library.js';
import { KERNELS } from '../../src/kernels/index.js';

const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

const SHARED = new Set(['compensated', 'extremes', 'householder', 'index', 'kernel', 'rows', 'stripes', 'sums']);
/** Those of products and factors are tested together, in rows.test.ts. */
const ON_ROWS = ['gram', 'matmul', 'matvec', 'qr', 'topk', 'vecmat'];
const names = Object.keys(KERNELS).sort();

it('is in step everywhere', () => {
  expect(namesIn('lua/kernels', '.lua')).toEqual(names);
  expect(namesIn('src/kernels', '.ts').filter((name) => !SHARED.has(name))).toEqual(names);
  const tested = namesIn('test/kernels', '.test.ts').filter((name) => name !== 'lists' && name !== 'rows');
  expect([...tested, ...ON_ROWS].sort()).toEqual(names);
});

it.each(Object.entries(KERNELS))('%s is registered under its own name', (name, kernel) => {
  expect(kernel.name).toBe(name);
  const registered = library.functions.find((each) => each.name === name);
  expect(registered?.module).toBe(`kernels.${name}`);
  // A kernel that tells a sum reads only; one that tells extremes has written.
  expect(registered?.flags).toEqual(kernel.decode.name === 'decodeExtremes' ? [] : ['no-writes']);
});

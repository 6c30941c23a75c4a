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
/** Those that are tested together, by the files in which they are. */
const TOGETHER: Record<string, readonly string[]> = {
  rows: ['gram', 'matmul', 'matvec', 'qr', 'topk', 'vecmat'],
  vectors: ['combine', 'cumsum', 'cut', 'distance', 'find', 'gather', 'running'],
};
const WRITING = new Set(['axpy', 'combine', 'cumsum', 'cut', 'mul', 'project', 'scale', 'standardize']);
const names = Object.keys(KERNELS).sort();

it('is in step everywhere', () => {
  expect(namesIn('lua/kernels', '.lua')).toEqual(names);
  expect(namesIn('src/kernels', '.ts').filter((name) => !SHARED.has(name))).toEqual(names);
  const files = namesIn('test/kernels', '.test.ts').filter((name) => name !== 'lists');
  expect(files.flatMap((file) => TOGETHER[file] ?? [file]).sort()).toEqual(names);
});

it.each(Object.entries(KERNELS))('%s is registered under its own name', (name, kernel) => {
  expect(kernel.name).toBe(name);
  const registered = library.functions.find((each) => each.name === name);
  expect(registered?.module).toBe(`kernels.${name}`);
  expect(registered?.flags).toEqual(WRITING.has(name) ? [] : ['no-writes']);
});

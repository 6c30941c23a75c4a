/** Every command and program of the README and the guides runs as it stands, and prints what it is shown to print. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expectTypesToFit, needsBuild, runnable, testDocument } from './document.js';
import type { Block } from './markdown.js';
import { workplace } from './package.js';
import { ELSEWHERE, programOf, scenesOf } from './runner.js';

const ALL = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (file) => file.endsWith('.md') && existsSync(file),
);
const DOCUMENTS = ALL.filter((file) => runnable(file).length > 0);

/** Takes as long as half of the others, in a test file of its own. */
const APART = 'docs/functions.md';

for (const file of DOCUMENTS) if (file !== APART) testDocument(file);

it('shows programs whose types fit', () => {
  const folder = workplace().folder;
  for (const file of DOCUMENTS) {
    for (const { block } of scenesOf(file)) {
      if (!isProgram(block) || needsBuild(block)) continue;
      writeFileSync(join(folder, `${basename(file, '.md')}-${block.line}.ts`), programOf(block));
    }
  }
  expectTypesToFit(folder, ['./*.ts']);
  rmSync(dirname(folder), { recursive: true, force: true });
});

const isProgram = ({ language }: Block) => language === 'js' || language === 'ts';

it.each(Object.entries(ELSEWHERE))('%s is run by %s', (_, where) => expect(existsSync(where)).toBe(true));

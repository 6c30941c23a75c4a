/** The package as a user has it installed, built from the sources as they stand, in a folder to work in. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { askBroker } from '../harness/ask.js';

export interface Workplace {
  /** Where commands and programs run. Its parents hold node_modules with `shardfold` and all that the project has installed. */
  readonly folder: string;
  /** Holds `shardfold` and `npx`. */
  readonly bin: string;
}

function executable(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/** What those need who write functions in TypeScript: the declarations, and the types of `redis.call`. */
function addTypes(shardfold: string): void {
  const compiler = resolve('node_modules/@typescript/native/bin/tsc');
  const args = [compiler, '-p', 'scripts/tsconfig.types.json', '--outDir', join(shardfold, 'dist')];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the declarations cannot be made: ${stdout}`);
  cpSync('lua/types', join(shardfold, 'lua/types'), { recursive: true });
}

/**
 * The run's scratch folder lies in the project and is removed with it.
 * @param types With the declarations, which take a second to make.
 */
export function workplace({ types = false } = {}): Workplace {
  const scratch = process.env.SHARDFOLD_TEST_SCRATCH;
  if (scratch === undefined) throw new Error('the scratch folder is made by jest’s globalSetup');
  mkdirSync(scratch, { recursive: true });
  const home = mkdtempSync(join(scratch, 'docs-'));
  const [folder, bin, modules] = [join(home, 'work'), join(home, 'bin'), join(home, 'node_modules')];
  const shardfold = join(modules, 'shardfold');
  for (const each of [bin, join(folder, 'node_modules')]) mkdirSync(each, { recursive: true });
  cpSync(askBroker('modules'), modules, { recursive: true });
  if (types) addTypes(shardfold);
  // A project of its own: within ours, `shardfold` would mean ours, as it was built last.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  copyFileSync('package.json', join(shardfold, 'package.json'));
  symlinkSync(resolve('node_modules/vega-datasets'), join(folder, 'node_modules/vega-datasets'));
  executable(join(bin, 'shardfold'), `exec "${process.execPath}" "${join(shardfold, 'dist/cli.js')}" "$@"`);
  executable(join(bin, 'npx'), 'exec "$@"');
  return { folder, bin };
}

// The licences of the packages that a bundle carries inside it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of the package that a bundled file belongs to; undefined for a file of our own. */
function packageDir(file) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

/** One text for all packages among the inputs of esbuild's metafiles, sorted by name. */
export function thirdPartyLicenses(metafiles, root) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const dirs = new Set(inputs.map(packageDir).filter((dir) => dir !== undefined));
  const parts = [...dirs].map((relative) => {
    const dir = resolve(root, relative);
    const { name, version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
    const file = readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) {
      throw new Error(`${name} has no licence file, so it may not be bundled without a look at it`);
    }
    const text = readFileSync(join(dir, file), 'utf8').trim();
    return { name, text: `${name} ${version} (${license})\n\n${text}\n` };
  });
  parts.sort((a, b) => (a.name < b.name ? -1 : 1));
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `The files of this folder contain code of the packages below.\n${rule}${parts.map((part) => part.text).join(rule)}`;
}

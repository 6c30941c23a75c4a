/** What the tarball holds. That it works is for `npm run pack-check` to show. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

it('holds all that the README links to', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link);
  expect(links.length).toBeGreaterThan(0);
  expect(paths).toEqual(expect.arrayContaining(links));
});

it('is built anew whenever it is packed', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts.prepack).toBe(scripts.build);
});

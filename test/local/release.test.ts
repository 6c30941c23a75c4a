import { parseRelease, sourcesOf } from '../../src/local/release.js';

it('knows the release, and the one that has a server with functions', () => {
  const jammy =
    'PRETTY_NAME="Ubuntu 22.04 LTS"\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nID=ubuntu\nUBUNTU_CODENAME=jammy\n';
  expect(parseRelease(jammy)).toEqual({
    name: `ubuntu-22.04-${process.arch}`,
    codename: 'jammy',
    sufficient: 'noble',
  });
  const mint =
    'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21.3"\nVERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\n';
  expect(parseRelease(mint)).toMatchObject({ codename: 'jammy', sufficient: 'noble' });
  const bullseye = 'ID=debian\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\n';
  expect(parseRelease(bullseye)).toMatchObject({ codename: 'bullseye', sufficient: 'bookworm' });
  expect(parseRelease('ID=debian\nVERSION_CODENAME=sid\n').name).toBe(`debian-sid-${process.arch}`);
  expect(parseRelease('').name).toBe(process.arch);
});

it('rewrites package sources for another release, mirrors and keys as they are', () => {
  const list =
    'deb http://de.archive.ubuntu.com/ubuntu jammy main universe\ndeb http://security.ubuntu.com/ubuntu jammy-security main\n';
  expect(sourcesOf(list, 'jammy', 'noble')).toBe(list.replaceAll('jammy', 'noble'));
  const deb822 =
    'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bullseye bullseye-updates\nComponents: main\n';
  expect(sourcesOf(deb822, 'bullseye', 'bookworm')).toContain('Suites: bookworm bookworm-updates\n');
  expect(sourcesOf('deb https://deb.nodesource.com/node_20.x nodistro main\n', 'jammy', 'noble')).toBeUndefined();
  expect(sourcesOf('deb http://a b c\n', '', 'noble')).toBeUndefined();
});

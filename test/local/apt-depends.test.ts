import { packageClosure, parseDepends } from '../../src/local/apt-depends.js';

const TEXT = `redis-server
  PreDepends: init-system-helpers
  Depends: lsb-base
    sysvinit-utils
  Depends: redis-tools
init-system-helpers
 |Depends: usrmerge
  Depends: usr-is-merged
redis-tools
  Depends: adduser
  Depends: libc6
  Depends: libjemalloc2
 |Depends: <libvirtual>
  Depends: libfallback
    libprovider
  Depends: <libcert-1>
    libcert-openssl
adduser
  Depends: libadduser-only
libjemalloc2
  Depends: libstdc++6
libstdc++6
  Depends: libc6
`;

it('reads groups of alternatives and providers', () => {
  const graph = parseDepends(TEXT);
  expect(graph.get('redis-tools')).toEqual([
    ['adduser'],
    ['libc6'],
    ['libjemalloc2'],
    ['<libvirtual>', 'libfallback', 'libprovider'],
    ['<libcert-1>', 'libcert-openssl'],
  ]);
  expect(graph.get('init-system-helpers')).toEqual([['usrmerge', 'usr-is-merged']]);
});

it('follows what a server outside the system folders can use, and leaves the C library to the system', () => {
  expect(packageClosure(TEXT, 'redis-server').sort()).toEqual(
    ['libcert-openssl', 'libfallback', 'libjemalloc2', 'libstdc++6', 'redis-server', 'redis-tools'].sort(),
  );
});

/** Packages whose files a server outside the system's folders can use: its own, and libraries but the C library. */
const USABLE = /^(lib|lua-|(redis|valkey)-)/;
/** The C library belongs to the system's dynamic loader; another copy of it beside that loader would not run. */
const SYSTEM = /^(libc6|libc-bin|libcrypt1)$/;

/** One dependency: the packages that satisfy it, the preferred one first. */
type Alternatives = string[];

/**
 * Reads what `apt-cache depends --recurse` prints: a package at the margin, below it its dependencies; `|` joins a line
 * with the next as alternatives, and deeper lines name the providers of a virtual package.
 */
export function parseDepends(text: string): Map<string, Alternatives[]> {
  const packages = new Map<string, Alternatives[]>();
  let dependencies: Alternatives[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const name = /^(\S+)$/.exec(line)?.[1];
    if (name !== undefined) {
      dependencies = [];
      open = false;
      packages.set(name, dependencies);
      continue;
    }
    const dependency = /^ ([ |])(?:Pre-?)?Depends: (\S+)$/.exec(line);
    if (dependency !== null) {
      if (!open) dependencies.push([]);
      open = dependency[1] === '|';
      dependencies.at(-1)?.push(dependency[2] ?? '');
      continue;
    }
    const provider = /^ {4}(\S+)$/.exec(line)?.[1];
    if (provider !== undefined) dependencies.at(-1)?.push(provider);
  }
  return packages;
}

/**
 * The package itself and all it needs, followed along the dependencies of the usable ones only; the C library too where
 * the system's own is too old for them.
 */
export function packageClosure(dependsText: string, name: string, withLibc = false): string[] {
  const graph = parseDepends(dependsText);
  const wanted = new Set([name]);
  for (const current of wanted) {
    for (const alternatives of graph.get(current) ?? []) {
      const real = alternatives.find((one) => !one.startsWith('<'));
      if (real !== undefined && USABLE.test(real) && (withLibc || !SYSTEM.test(real))) wanted.add(real);
    }
  }
  return [...wanted];
}

/** The linter holds the order of the rooms: every import that may not stand is refused, every other passes. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What each room may import of ours beside itself; `redis` is the client library, `terminal` what only a CLI needs. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  local: ['errors'],
  cluster: ['errors', 'redis'],
  functions: ['cluster', 'errors'],
  lock: ['functions', 'cluster', 'errors'],
  storage: ['functions', 'cluster', 'errors'],
  expr: ['aggregates', 'storage', 'errors'],
  aggregates: ['expr', 'storage', 'errors'],
  kernels: ['expr', 'aggregates', 'storage', 'errors'],
  plan: ['codegen', 'kernels', 'aggregates', 'expr', 'storage', 'errors'],
  codegen: ['plan', 'kernels', 'aggregates', 'expr', 'storage', 'errors'],
  engine: ['plan', 'codegen', 'kernels', 'aggregates', 'expr', 'storage', 'functions', 'cluster', 'errors'],
  linalg: ['engine', 'plan', 'codegen', 'kernels', 'aggregates', 'expr', 'storage', 'functions', 'cluster', 'errors'],
};
MAY_IMPORT.models = ['linalg', ...(MAY_IMPORT.linalg as readonly string[])];
MAY_IMPORT.sql = ['plan', 'expr', 'storage', 'errors'];
const BELOW_INDEX = Object.keys(MAY_IMPORT);
MAY_IMPORT.shardfold = [...BELOW_INDEX, 'index'];
MAY_IMPORT.index = [...BELOW_INDEX, 'shardfold'];
MAY_IMPORT.cli = [...BELOW_INDEX, 'shardfold', 'index', 'terminal'];

const SINGLE_FILES = new Set(['errors', 'shardfold', 'index']);
const ROOMS = Object.keys(MAY_IMPORT);
const PACKAGES: Record<string, readonly string[]> = {
  redis: ['redis', '@redis/client'],
  terminal: ['commander', 'cli-progress'],
};

/** The statements that bring `target` into `room`: by value, by type, by re-export and lazily. */
function importsOf(room: string, target: string): string[] {
  if (PACKAGES[target]) return PACKAGES[target].map((name) => `import '${name}';`);
  const up = SINGLE_FILES.has(room) ? '.' : '..';
  const from = SINGLE_FILES.has(target) ? `${up}/${target}.js` : `${up}/${target}/x.js`;
  return [
    `import '${from}';`,
    `export type { A } from '${from}';`,
    `export { b } from '${from}';`,
    `await import('${from}');`,
  ];
}

interface Diagnostic {
  category: string;
  location: { path: string; start: { line: number } };
}

/** Runs the linter with the project's settings over files that exist only for this. */
function lint(files: Record<string, string>): Diagnostic[] {
  const dir = mkdtempSync(join(tmpdir(), 'shardfold-rooms-'));
  try {
    copyFileSync('biome.json', join(dir, 'biome.json'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome');
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
    const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: dir, encoding: 'utf8' });
    return JSON.parse(stdout).diagnostics;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('the order of the rooms', () => {
  const lines: Record<string, { statement: string; allowed: boolean }[]> = {};
  for (const room of ROOMS) {
    const path = SINGLE_FILES.has(room) ? `src/${room}.ts` : `src/${room}/probe.ts`;
    lines[path] = [...ROOMS, ...Object.keys(PACKAGES)]
      .filter((target) => target !== room)
      .flatMap((target) =>
        importsOf(room, target).map((statement) => ({
          statement,
          allowed: MAY_IMPORT[room]?.includes(target) === true,
        })),
      );
  }
  let refused: Diagnostic[] = [];
  beforeAll(() => {
    const files = Object.entries(lines).map(([path, all]) => [path, all.map((line) => line.statement).join('\n')]);
    refused = lint(Object.fromEntries(files)).filter((found) => found.category === 'lint/style/noRestrictedImports');
  });

  it.each(Object.keys(lines))('%s', (path) => {
    const at = new Set(refused.filter((d) => d.location.path === path).map((d) => d.location.start.line));
    const seen = lines[path]?.map(({ statement }, i) => ({ statement, allowed: !at.has(i + 1) }));
    expect(seen).toEqual(lines[path]);
  });

  it('reaches folders inside a room, and leaves a room its own index', () => {
    const inside = ["import '../../engine/x.js';", "import '../../index.js';", "import '../types.js';"];
    const found = lint({
      'src/storage/sources/probe.ts': inside.join('\n'),
      'src/engine/probe.ts': "import '../storage/sources/index.js';",
      'src/storage/probe.ts': "import './sources/index.js';",
    });
    expect(found.map((d) => [d.location.path, d.location.start.line])).toEqual([
      ['src/storage/sources/probe.ts', 1],
      ['src/storage/sources/probe.ts', 2],
    ]);
  });
});

it('refuses import cycles, those of types too', () => {
  const found = lint({
    'src/plan/a.ts': "import type { B } from './b.js';\nexport type A = B | 1;\n",
    'src/plan/b.ts': "import type { A } from './a.js';\nexport type B = A | 2;\n",
  });
  expect(found.map((d) => d.category)).toEqual(['lint/suspicious/noImportCycles', 'lint/suspicious/noImportCycles']);
});

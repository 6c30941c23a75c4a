// JSON in keys: in the server, in JavaScript, and as DuckDB reads it.
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { parseJson } from '../../../src/engine/keys/parse-json.js';
import type { Physical } from '../../../src/expr/typed.js';
import type { KeyColumn, TimeUnit } from '../../../src/plan/keys/source.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { uniquePrefix } from '../../harness/cluster.js';
import { Duck } from '../../harness/oracle/duckdb.js';
import { sqlType } from '../../harness/oracle/sql.js';
import { JSON_EDGES } from './json-edges.js';
import { keySource, Server, type Value } from './read.js';

type Path = readonly (string | number)[];

const TYPES: readonly (readonly [ColumnType, TimeUnit?])[] = [
  ['float64'],
  ['float32'],
  ['int32'],
  ['int64'],
  ['bool'],
  ['utf8'],
  ['timestamp'],
  ['date'],
  ['decimal(2)'],
  ['decimal(9)'],
  ['timestamp', 's'],
  ['timestamp', 'ms'],
  ['date', 'ms'],
];

const PATHS: readonly Path[] = [['a', 1, 'b'], ['len'], ['a', 'len'], [0], ['0'], ['__proto__'], ['a b'], []];

const column = (path: Path, [type, unit]: readonly [ColumnType, TimeUnit?], i: number): KeyColumn => ({
  name: `c${i}`,
  type,
  from: { of: 'path', path, ...(unit && { unit }) },
});

const typed = TYPES.map((type, i) => column(['v'], type, i));
const pathed = PATHS.flatMap((path, i) => [column(path, ['float64'], 2 * i), column(path, ['utf8'], 2 * i + 1)]);

let server: Server;
const tag = `{${uniquePrefix()}}`;
beforeAll(async () => {
  server = await Server.open();
});
afterAll(() => server.link.close());

interface Read {
  readonly rows: readonly (readonly Value[])[];
  readonly unparsable: number;
}

async function inServer(columns: readonly KeyColumn[], texts: readonly Buffer[]): Promise<Read> {
  const keys = texts.map((_, i) => `${tag}:${i}`);
  await Promise.all(texts.map((text, i) => server.call('SET', keys[i] as string, text)));
  return server.read(keySource('json', columns), keys);
}

function inJavaScript(columns: readonly KeyColumn[], texts: readonly Buffer[]): Read {
  const parse = parseJson(columns);
  const found = texts.map((text) => parse(text));
  const unparsable = found.reduce(
    (sum, row) => sum + (row === undefined ? 1 : row.filter((value) => value === undefined).length),
    0,
  );
  return { rows: found.map((row) => columns.map((_, i) => row?.[i])), unparsable };
}

const show = (text: Buffer): string =>
  JSON.stringify(text.length > 80 ? `${text.toString('latin1', 0, 80)}…` : text.toString('latin1'));

/** Texts on which the two differ, told apart by what each makes of them; each is asked alone where something differs. */
async function differing(columns: readonly KeyColumn[], texts: readonly Buffer[]): Promise<string[]> {
  const [there, here] = [await inServer(columns, texts), inJavaScript(columns, texts)];
  const wrong = texts.flatMap((text, i) =>
    columns.every((_, c) => Object.is(there.rows[i]?.[c], here.rows[i]?.[c]))
      ? []
      : [`${show(text)}: ${JSON.stringify(there.rows[i])} and ${JSON.stringify(here.rows[i])}`],
  );
  if (wrong.length > 0 || there.unparsable === here.unparsable) return wrong;
  for (const text of texts) {
    const [a, b] = [(await inServer(columns, [text])).unparsable, inJavaScript(columns, [text]).unparsable];
    if (a !== b) wrong.push(`${show(text)}: ${a} and ${b} unparsable`);
  }
  return wrong;
}

/** JSON, and JSON with a byte or two that are other ones now. */
const documents = fc.oneof(
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
  fc.json({ stringUnit: 'binary', maxDepth: 3 }).map((text) => Buffer.from(`{"v":${text}}`)),
  fc
    .tuple(
      fc.json({ maxDepth: 2 }),
      fc.nat(),
      fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from('"\\.-{}[],:0e \n'))),
      fc.boolean(),
    )
    .map(([text, at, byte, insert]) => {
      const bytes = Buffer.from(`{"v":${text}}`);
      const place = at % bytes.length;
      return Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(insert ? place : place + 1)]);
    }),
  fc
    .string({ unit: fc.constantFrom(...'0123456789.-+eE'), minLength: 1, maxLength: 25 })
    .map((text) => Buffer.from(`{"v":${text}}`)),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((x) => Buffer.from(`{"v":${x}}`)),
  fc
    .string({ unit: fc.constantFrom('\\', 'u', 'd', '8', '0', 'c', '"', 'n', 'D', 'é', '.', '1'), maxLength: 20 })
    .map((text) => Buffer.from(`{"v":"${text}"}`)),
);

const NUMBERS = "'UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT'";
const KINDS: Partial<Record<ColumnType, string>> = {
  bool: "'BOOLEAN'",
  utf8: "'VARCHAR'",
  timestamp: "'VARCHAR'",
  date: "'VARCHAR'",
};

/**
 * DuckDB takes names of numbers and commas before brackets, at any depth, and the first of values that have one name. JavaScript,
 * and RFC 8259 in all but the last, do not.
 */
const isLax = (text: Buffer): boolean => /nan|inf|,\s*[\]}]|\[{1000}|"v".*"v"/is.test(String(text));

/** The one takes -0 for a whole number. */
function isSame(our: Physical, their: unknown): boolean {
  if (typeof their === 'string') return our === Buffer.from(their, 'utf8').toString('latin1');
  return our === their || (Number.isNaN(our) && Number.isNaN(their));
}

/** Whole numbers end at 2^53 here, and exponents of decimals are another story (test/expr/deviations.test.ts). */
function isStated(type: ColumnType, text: Buffer, [our, their]: readonly unknown[]): boolean {
  if (type.startsWith('float')) return false;
  return (
    (our === null && Math.abs(Number(their)) >= 2 ** 53) || (type.startsWith('decimal') && /\de/i.test(String(text)))
  );
}

describe('JSON in keys', () => {
  it('is read alike in the server and here', async () => {
    const texts = [...JSON_EDGES, ...fc.sample(documents, 1500)];
    expect(await differing(typed, texts)).toEqual([]);
    expect(await differing(pathed, texts)).toEqual([]);
  });

  it('is what DuckDB reads', async () => {
    const texts = [...JSON_EDGES, ...fc.sample(documents, 1500)].filter((text) => isUtf8(text));
    const duck = await Duck.open();
    const values = texts.map(String);
    await duck.load({ rows: texts.length, chunkRows: 1, columns: [{ name: 't', type: 'utf8', values, samples: [] }] });
    const plain = typed.filter(({ from }) => !('unit' in from));
    const columns = plain.map(
      ({ type }) =>
        `CASE WHEN json_type(j, '$.v') IN (${KINDS[type] ?? NUMBERS}) THEN TRY_CAST(json_extract_string(j, '$.v') AS ${sqlType(type)}) END`,
    );
    const theirs = await duck.rows(
      `SELECT json_valid(t), ${columns.join(', ')} FROM (SELECT *, CASE WHEN json_valid(t) THEN t END AS j FROM t) ORDER BY "#"`,
    );
    duck.close();
    const parse = parseJson(plain);
    const wrong: string[] = [];
    for (const [i, text] of texts.entries()) {
      if (isLax(text)) continue;
      const our = parse(text);
      const [valid, ...their] = theirs[i] ?? [];
      if ((our !== undefined) !== (valid === 1))
        wrong.push(`${show(text)} is ${our === undefined ? 'none' : 'one'} here`);
      for (const [c, { type }] of plain.entries()) {
        const [a, b] = [our?.[c] ?? null, their[c] ?? null];
        if (!isSame(a, b) && !isStated(type, text, [a, b])) wrong.push(`${show(text)} as ${type}: ${a} and ${b}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Dumped keys as a table of DuckDB: raw texts first, then the typed columns that a source has, computed there. */
import type { KeyKind } from '../../../src/plan/keys/source.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Duck, Found } from '../oracle/duckdb.js';
import { identifier } from '../oracle/sql.js';
import type { OracleColumn, OracleTable, Stored } from '../oracle/table.js';
import { jsonCell, textCell } from './cells.js';
import { asText, type DumpedKey } from './dump.js';
import type { SpaceColumn, SpaceSource } from './space.js';

export interface Facts {
  /** With the values as DuckDB computed them, in the order of its table. */
  readonly table: OracleTable;
  /** Keys of the type that is read, keys of other types, values that are there and not of their column's type. */
  readonly keys: number;
  readonly otherType: number;
  readonly unparsable: number;
}

const READS: Readonly<Record<KeyKind, string | undefined>> = {
  ...{ keys: undefined, hashes: 'hash', strings: 'string', json: 'string', packed: 'string' },
  ...{ zset: 'zset', list: 'list', set: 'set' },
};

/** Stands for bytes that are no text: no number either. */
const NO_TEXT = '\u{10ffff} no text';

interface Raw {
  readonly name: string;
  readonly type: ColumnType;
  /** Raw values of one key, one a row; one value for all rows of the key otherwise. */
  readonly of: (key: DumpedKey) => Stored | readonly Stored[];
}
interface Typed {
  readonly name: string;
  readonly type: ColumnType;
  readonly sql: string;
  /** SQL of what is counted as unparsable where the value is null. */
  readonly raw?: string;
}

const text = (bytes: Buffer | undefined): string | null => (bytes === undefined ? null : (asText(bytes) ?? NO_TEXT));
const OWN: readonly Raw[] = [
  { name: 'key', type: 'utf8', of: ({ key }) => text(key) },
  { name: 'slot', type: 'int32', of: ({ slot }) => slot },
  { name: 'type', type: 'utf8', of: ({ type }) => type },
];
/** Those that can be asked for by name, and are the same on all servers. */
export const HIDDEN = ['type'] as const;
const known = (name: string, type: ColumnType): Typed => ({ name, type, sql: identifier(name) });
const parsed = (column: SpaceColumn, raw: string): Typed => ({
  name: column.name,
  type: column.type,
  sql: textCell(identifier(raw), column),
  raw: identifier(raw),
});

function fieldOf({ items }: DumpedKey, field: string): Buffer | undefined {
  const at = items.findIndex((item, i) => i % 2 === 0 && item.equals(Buffer.from(field)));
  return at < 0 ? undefined : items[at + 1];
}

const pairs = (items: readonly Buffer[], which: 0 | 1): (string | null)[] =>
  items.filter((_, i) => i % 2 === which).map(text);

function isJson(text: string | undefined): boolean {
  if (text === undefined) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const WIDTHS = { float64: 8, float32: 4, int32: 4, uint8: 1, uint16: 2 } as const;

function numbersOf(bytes: Buffer, type: keyof typeof WIDTHS): number[] {
  const width = WIDTHS[type];
  const read = {
    float64: (at: number) => bytes.readDoubleLE(at),
    float32: (at: number) => bytes.readFloatLE(at),
    int32: (at: number) => bytes.readInt32LE(at),
    uint8: (at: number) => bytes.readUInt8(at),
    uint16: (at: number) => bytes.readUInt16LE(at),
  }[type];
  return Array.from({ length: bytes.length / width }, (_, i) => read(i * width));
}

const indexes = ({ items }: DumpedKey): number[] => items.map((_, i) => i);

/** The raw columns of a kind, and the typed ones that follow from them. */
function layout({ kind, columns, packed = 'float64' }: SpaceSource): { raw: Raw[]; typed: Typed[] } {
  switch (kind) {
    case 'keys':
      return { raw: [], typed: [] };
    case 'hashes':
      return {
        raw: columns.map(({ field = '' }, i) => ({
          name: `r${i}`,
          type: 'utf8',
          of: (key) => text(fieldOf(key, field)),
        })),
        typed: columns.map((column, i) => parsed(column, `r${i}`)),
      };
    case 'strings':
      return {
        raw: [{ name: 'r0', type: 'utf8', of: ({ items }) => text(items[0]) }],
        typed: columns.map((column) => parsed(column, 'r0')),
      };
    case 'json': {
      const document = ({ items }: DumpedKey): string | null => {
        const found = asText(items[0] as Buffer);
        return isJson(found) ? (found as string) : null;
      };
      return {
        raw: [{ name: 'r0', type: 'utf8', of: document }],
        typed: columns.map((column) => {
          const { raw, typed } = jsonCell('r0', column);
          return { name: column.name, type: column.type, sql: typed, raw };
        }),
      };
    }
    case 'packed': {
      const type = packed === 'float64' || packed === 'float32' ? packed : 'int32';
      const numbers = ({ items }: DumpedKey): number[] => numbersOf(items[0] as Buffer, packed);
      return {
        raw: [
          { name: 'index', type: 'int64', of: (key) => numbers(key).map((_, i) => i) },
          { name: 'value', type, of: numbers },
        ],
        typed: [known('index', 'int64'), known('value', type)],
      };
    }
    case 'zset':
      return {
        raw: [
          { name: 'member', type: 'utf8', of: ({ items }) => pairs(items, 0) },
          { name: 'r0', type: 'utf8', of: ({ items }) => pairs(items, 1) },
        ],
        typed: [known('member', 'utf8'), { name: 'score', type: 'float64', sql: 'CAST(r0 AS DOUBLE)' }],
      };
    case 'list':
      return {
        raw: [
          { name: 'index', type: 'int64', of: indexes },
          { name: 'r0', type: 'utf8', of: ({ items }) => items.map(text) },
        ],
        typed: [known('index', 'int64'), ...columns.map((column) => parsed(column, 'r0'))],
      };
    case 'set':
      return {
        raw: [{ name: 'member', type: 'utf8', of: ({ items }) => items.map(text) }],
        typed: [known('member', 'utf8')],
      };
  }
}

function rawTable(keys: readonly DumpedKey[], raw: readonly Raw[]): OracleTable {
  const columns = [...OWN, ...raw].map(({ name, type }) => ({ name, type, values: [] as Stored[], samples: [] }));
  for (const key of keys) {
    const cells = [...OWN, ...raw].map(({ of }) => of(key));
    const rows = cells.find((cell) => Array.isArray(cell))?.length ?? 1;
    for (const [c, cell] of cells.entries()) {
      for (let i = 0; i < rows; i++) columns[c]?.values.push(Array.isArray(cell) ? cell[i] : (cell as Stored));
    }
  }
  return { columns, rows: columns[0]?.values.length ?? 0, chunkRows: 1 };
}

/** @param name of the table in DuckDB @param hidden columns that are asked for by name */
export async function factsOf(
  duck: Duck,
  keys: readonly DumpedKey[],
  { source, name, hidden }: { source: SpaceSource; name: string; hidden: readonly string[] },
): Promise<Facts> {
  const reads = READS[source.kind];
  const own = keys.filter(({ type }) => reads === undefined || type === reads);
  const { raw, typed } = layout(source);
  await duck.load(rawTable(own, raw), `raw_${name}`);
  const columns = [
    known('key', 'utf8'),
    ...typed,
    ...OWN.filter((each) => hidden.includes(each.name)).map((each) => known(each.name, each.type)),
  ];
  const list = columns.map((column) => `${column.sql} AS ${identifier(column.name)}`).join(', ');
  await duck.rows(`CREATE OR REPLACE TABLE ${name} AS SELECT "#", ${list} FROM raw_${name}`);
  const counted = typed.flatMap((column) =>
    column.raw === undefined ? [] : [`count(*) FILTER (WHERE ${column.raw} IS NOT NULL AND (${column.sql}) IS NULL)`],
  );
  const broken = source.kind === 'json' ? ['count(*) FILTER (WHERE r0 IS NULL)'] : [];
  const [counts = []] = await duck.rows(`SELECT ${[...counted, ...broken, '0'].join(', ')} FROM raw_${name}`);
  const values = await duck.rows(
    `SELECT ${columns.map((column) => identifier(column.name)).join(', ')} FROM ${name} ORDER BY "#"`,
  );
  return {
    table: { columns: columns.map((column, c) => oracleColumn(column, c, values)), rows: values.length, chunkRows: 1 },
    keys: own.length,
    otherType: keys.length - own.length,
    unparsable: counts.reduce<number>((sum, count) => sum + Number(count), 0),
  };
}

function oracleColumn({ name, type }: Typed, place: number, rows: readonly Found[][]): OracleColumn {
  const values = rows.map((row) => row[place] as Stored);
  const samples = values.filter((value): value is number | string => value !== null).slice(0, 8);
  return { name, type, values, samples };
}

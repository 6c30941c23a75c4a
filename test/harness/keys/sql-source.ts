/** Sources over keys as functions in FROM, in every spelling that docs/sql.md knows, and as the tables that DuckDB made of a dump. */

import { formatJsonPath } from '../../../src/plan/keys/json-path.js';
import type { KeySchema } from '../../../src/query/keys-schemas.js';
import type { Shardfold } from '../../../src/shardfold.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from '../oracle/draw.js';
import type { Duck } from '../oracle/duckdb.js';
import { identifier } from '../oracle/sql.js';
import { quote } from '../oracle/sql-expr.js';
import { drawTable, type OracleColumn, type OracleTable } from '../oracle/table.js';
import { store } from '../oracle/world.js';
import { schemaOf, typeText } from './api.js';
import { dump } from './dump.js';
import { factsOf } from './facts.js';
import type { SpaceColumn, SpaceSource } from './space.js';
import type { KeyPlace, Known } from './world.js';

/** A source where a statement names it. */
export interface Mention {
  /** What it is called where no alias says otherwise; undefined for a table. */
  readonly called: string | undefined;
  /** @param bare what the keys hold is said by a schema instead */
  readonly ours: (sf: Shardfold, bare: boolean) => string;
  readonly duck: string;
}

export interface SqlSource {
  readonly columns: readonly Pick<OracleColumn, 'name' | 'type' | 'samples'>[];
  readonly rows: number;
  /** How many of the columns `*` stands for; undefined where that cannot be said of DuckDB's table. */
  readonly shown: number;
  /** Whether every row has a key of its own. */
  readonly rowsByKey: boolean;
  readonly schemas: Readonly<Record<string, KeySchema>>;
  readonly mention: (draw: Draw) => Mention;
}

const SPELLINGS: Partial<Record<ColumnType, readonly string[]>> = {
  float64: ['float64', 'double precision', 'FLOAT8', 'double'],
  float32: ['float32', 'real'],
  int32: ['int32', 'int', 'integer', 'Int4'],
  int64: ['int64', 'bigint'],
  bool: ['bool', 'boolean'],
  utf8: ['utf8', 'text', 'varchar', 'character varying(300)'],
  timestamp: ['timestamp', 'timestamp without time zone'],
  date: ['date', 'DATE'],
};

function typeWords(draw: Draw, column: SpaceColumn): string {
  const { type, unit } = column;
  if (unit !== undefined) return typeText(column);
  const scale = /^decimal\((\d+)\)$/.exec(type)?.[1];
  return draw.pick(SPELLINGS[type] ?? [type, `numeric(18, ${scale})`]);
}

/** A name in the text of columns: quoted where it must be, and now and then where it need not. */
const word = (draw: Draw, name: string): string =>
  /^[^\s,"()]+$/.test(name) && draw.chance(0.7) ? name : identifier(name);

function pathWords(draw: Draw, path: readonly (string | number)[]): string {
  if (draw.chance(0.5)) return formatJsonPath(path);
  return path.map((step) => `[${JSON.stringify(step)}]`).join('');
}

function columnWords(draw: Draw, column: SpaceColumn): string {
  const { name, field, path } = column;
  const start = `${word(draw, name)} ${typeWords(draw, column)}`;
  if (path !== undefined) {
    const own = path.length === 1 && path[0] === name;
    return own && draw.chance(0.8) ? start : `${start} path ${pathWords(draw, path)}`;
  }
  return field === name && draw.chance(0.8) ? start : `${start} field ${word(draw, field ?? name)}`;
}

const NAMES = { json: ['json', '"json"', 'json_strings', 'JSON'], set: ['set', '"set"', 'set_members'] } as const;

/** A constant text, as PostgreSQL lets it be written. */
const constant = (draw: Draw, text: string): string =>
  draw.chance(0.1) && !text.includes('$') ? `$q$${text}$q$` : quote(text);

/** What the second argument says; undefined for a kind that has none. */
function shapeWords(draw: Draw, { kind, columns, packed = 'float64' }: SpaceSource): string | undefined {
  if (kind === 'hashes' || kind === 'json') {
    return columns.map((column) => columnWords(draw, column)).join(draw.pick([', ', ',', ' ,\n ']));
  }
  if (kind === 'packed') return packed;
  return kind === 'strings' || kind === 'list' ? typeWords(draw, columns[0] as SpaceColumn) : undefined;
}

function schema({ kind, pattern, columns, packed = 'float64' }: SpaceSource): Record<string, KeySchema> {
  switch (kind) {
    case 'hashes':
    case 'json':
      return { [pattern]: { kind, columns: schemaOf(columns) as never } };
    case 'strings':
    case 'list':
      return { [pattern]: { kind, type: typeText(columns[0] as SpaceColumn) as never } };
    case 'packed':
      return { [pattern]: { kind, type: packed } };
    default:
      return {};
  }
}

/** @param nth of the tables that DuckDB has */
export function keysOf({ source, hidden, facts }: Known, nth: number): SqlSource {
  const { kind, pattern } = source;
  const { columns } = facts.table;
  const list = columns.map(({ name }) => identifier(name)).join(', ');
  return {
    columns,
    rows: facts.table.rows,
    shown: kind === 'keys' ? 1 : columns.length - hidden.length,
    rowsByKey: ['hashes', 'strings', 'json', 'keys'].includes(kind),
    schemas: schema(source),
    mention: (draw) => {
      const name = draw.pick<string>(
        kind === 'json' || kind === 'set' ? NAMES[kind] : [kind, kind, kind.toUpperCase()],
      );
      const shape = shapeWords(draw, source);
      const strict = shape !== undefined && kind !== 'packed' && facts.unparsable === 0 && draw.chance(0.3);
      const [first, second] = [constant(draw, pattern), shape === undefined ? undefined : constant(draw, shape)];
      const call = (bare: boolean): string => {
        const said = bare && strict ? 'NULL' : bare ? undefined : second;
        return `${name}(${[first, said, strict ? "'strict'" : undefined].filter((each) => each !== undefined).join(', ')})`;
      };
      return {
        called: name.replaceAll('"', '').toLowerCase(),
        ours: (_, bare) => call(bare),
        duck: `(SELECT ${list} FROM t${nth})`,
      };
    },
  };
}

/** @param names of the table on each of the servers */
export function tableOf({ columns, rows }: OracleTable, nth: number, names: ReadonlyMap<Shardfold, string>): SqlSource {
  const duck = `(SELECT ${columns.map(({ name }) => identifier(name)).join(', ')} FROM t${nth})`;
  return {
    columns,
    rows,
    shown: columns.length,
    rowsByKey: false,
    schemas: {},
    mention: () => ({ called: undefined, ours: (sf) => identifier(names.get(sf) as string), duck }),
  };
}

/** What statements may name: the sources of a world, all keys that one of them looks at, and a table of ours on each of the servers. */
export async function sqlSources(
  { draw, duck, places, port }: { draw: Draw; duck: Duck; places: readonly KeyPlace[]; port: number },
  known: readonly Known[],
): Promise<SqlSource[]> {
  // PostgreSQL's name for what DuckDB writes with an operator that PostgreSQL does not know.
  await duck.rows('CREATE OR REPLACE MACRO div(a, b) AS a // b');
  const table = drawTable(draw, false);
  await duck.load(table, `t${known.length}`);
  const names = new Map<Shardfold, string>();
  for (const { sf } of places) if (!names.has(sf)) names.set(sf, await store(sf, table));
  const [{ source }] = known as [Known];
  const all: SpaceSource = { kind: 'keys', pattern: source.pattern, columns: [] };
  const nth = known.length + 1;
  const keys = await dump(port, all.pattern);
  const facts = await factsOf(duck, keys, { source: all, name: `t${nth}`, hidden: ['type'] });
  return [
    ...known.map(keysOf),
    // More often than the others.
    ...known.map(keysOf),
    tableOf(table, known.length, names),
    keysOf({ source: all, hidden: ['type'], facts }, nth),
  ];
}

/** Two or three random tables beside each other: what plans see is their join, which DuckDB makes a table of. */
import type { JoinOptions } from '../../../src/query/join-arguments.js';
import type { Query } from '../../../src/query/query.js';
import type { Draw } from './draw.js';
import type { Duck } from './duckdb.js';
import { identifier } from './sql.js';
import { drawTable, type OracleColumn, type OracleTable, type Stored } from './table.js';

export interface OracleJoin {
  readonly how: 'inner' | 'left' | 'semi' | 'anti' | 'zip';
  readonly right: OracleTable;
  /** Names of the keys, on the left and on the right. */
  readonly keys: readonly (readonly [left: string, right: string])[];
}

export interface JoinedWorld {
  readonly left: OracleTable;
  readonly joins: readonly OracleJoin[];
  /** The join as a table of which only the columns are known. */
  readonly joined: OracleTable;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export function drawJoined(draw: Draw, large: boolean): JoinedWorld {
  const left = drawTable(draw, large);
  let joined: OracleTable = { ...left, columns: left.columns.map((column) => ({ ...column, values: [] })) };
  const joins = draw.list(draw.pick([1, 1, 2]), (i): OracleJoin => {
    // Only tables as they are can be zipped, so that it comes first.
    const join = i === 0 && draw.chance(0.2) ? drawZip(draw, left) : drawJoin(draw, left, { large, nth: i });
    const brings = join.how === 'semi' || join.how === 'anti' ? [] : join.right.columns;
    const keys = new Set(join.keys.flatMap(([a, b]) => (a === b ? [a] : [])));
    const kept = brings.filter(({ name }) => !keys.has(name)).map((column) => ({ ...column, values: [] }));
    joined = { ...joined, columns: [...joined.columns, ...kept] };
    return join;
  });
  return { left, joins, joined };
}

/** Names of a right side are of its own, but for keys that both sides have. */
function renamed(columns: readonly OracleColumn[], nth: number): OracleColumn[] {
  return columns.map((column, i) => ({ ...column, name: `right ${nth}${LETTERS[i]}` }));
}

function drawZip(draw: Draw, left: OracleTable): OracleJoin {
  const other = drawTable(draw, false);
  const rows = other.rows;
  const columns = renamed(other.columns, 0).map((column) => {
    const values = Array.from({ length: left.rows }, (_, i) =>
      rows === 0 ? null : (column.values[i % rows] as Stored),
    );
    return { ...column, values };
  });
  return { how: 'zip', right: { columns, rows: left.rows, chunkRows: left.chunkRows }, keys: [] };
}

function drawJoin(draw: Draw, left: OracleTable, { large, nth }: { large: boolean; nth: number }): OracleJoin {
  const rows = large ? draw.pick([0, 1, 5, 12]) : draw.pick([0, 1, 2, 5, 20, 60]);
  const other = drawTable(draw, false);
  const filled = (values: readonly Stored[]): Stored[] =>
    Array.from({ length: rows }, (_, i) => (values.length === 0 ? null : (values[(i * 3) % values.length] as Stored)));
  const payload = renamed(other.columns, nth).map((column) => ({ ...column, values: filled(column.values) }));
  const chosen = new Set(draw.list(draw.pick([1, 1, 1, 2, 3]), () => draw.int(0, left.columns.length - 1)));
  const places = [...chosen];
  const keys = places.map((place, i): readonly [string, string] => {
    const { name } = left.columns[place] as OracleColumn;
    return [name, draw.chance(0.4) ? name : `key ${nth}${LETTERS[i]}`];
  });
  // Mostly the keys of one row of the left side together, so that several of them meet.
  const firsts = Array.from({ length: rows }, () => draw.int(0, Math.max(0, left.rows - 1)));
  const columns = places.map((place, i): OracleColumn => {
    const { type, values, samples } = left.columns[place] as OracleColumn;
    const own = firsts.map((row): Stored => {
      if (draw.chance(0.1)) return null;
      if (draw.chance(0.2) && samples.length > 0) return draw.pick(samples);
      return values[row] ?? null;
    });
    return { name: (keys[i] as readonly [string, string])[1], type, values: own, samples };
  });
  const right = { columns: [...columns, ...payload], rows, chunkRows: draw.pick([7, 64, 65_024]) };
  return { how: draw.pick(['inner', 'inner', 'left', 'left', 'semi', 'anti'] as const), right, keys };
}

/** The tables in DuckDB, and their join as the table that plans are run over. */
export async function loadJoined(duck: Duck, { left, joins }: JoinedWorld): Promise<void> {
  await duck.load(left, 'l');
  let from = 'l';
  const columns = left.columns.map(({ name }) => `l.${identifier(name)}`);
  const order = ['l."#"'];
  const where: string[] = [];
  for (const [i, { how, right, keys }] of joins.entries()) {
    const name = `r${i}`;
    await duck.load(right, name);
    const on = [
      ...keys.map(([a, b]) => `l.${identifier(a)} = ${name}.${identifier(b)}`),
      ...(how === 'zip' ? [`l."#" = ${name}."#"`] : []),
    ].join(' AND ');
    if (how === 'semi' || how === 'anti') {
      where.push(`${how === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${name} WHERE ${on})`);
      continue;
    }
    from += ` ${how === 'left' ? 'LEFT ' : ''}JOIN ${name} ON ${on}`;
    order.push(`${name}."#"`);
    const shared = new Set(keys.flatMap(([a, b]) => (a === b ? [a] : [])));
    columns.push(
      ...right.columns.flatMap((column) => (shared.has(column.name) ? [] : [`${name}.${identifier(column.name)}`])),
    );
  }
  const rows = `SELECT ${columns.join(', ')}, row_number() OVER (ORDER BY ${order.join(', ')}) - 1 AS "#" FROM ${from}`;
  await duck.rows(`CREATE OR REPLACE TABLE t AS ${rows}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`);
}

/** The same as a query. @param rights one a join */
export function joinedQuery(left: Query, rights: readonly Query[], joins: readonly OracleJoin[]): Query {
  return joins.reduce((query, { how, keys }, i) => {
    const right = rights[i] as Query;
    if (how === 'zip') return query.zip(right);
    const on = { leftOn: keys.map(([name]) => name), rightOn: keys.map(([, name]) => name) };
    if (how === 'semi') return query.semiJoin(right, on);
    if (how === 'anti') return query.antiJoin(right, on);
    return query.join(right, { ...on, how } satisfies JoinOptions);
  }, left);
}

export const describeJoins = ({ joins }: JoinedWorld): string =>
  joins
    .map(({ how, keys, right }) => {
      const columns = right.columns.map(
        ({ name, type, values }) => `${name} ${type} [${values.slice(0, 8).map(String)}…]`,
      );
      return `${how} on ${keys.map((pair) => pair.join(' = ')).join(', ')} with ${right.rows} rows: ${columns.join('; ')}`;
    })
    .join('\n');

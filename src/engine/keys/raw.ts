/**
 * Keys read as they are, to be parsed here: on the client side, and where no kernel of its own is made for a plan. The scripts depend on
 * how many values are read, not on names, types or paths, so there are few of them.
 */

import type { Physical } from '../../expr/typed.js';
import type { KeyColumn, KeySource } from '../../plan/keys/source.js';
import { parseJson } from './parse-json.js';
import { parsePacked } from './parse-packed.js';
import { parseText } from './parse-text.js';

/** Columns that were asked for, parsed. */
export interface ParsedKeys {
  /** One a wanted column, in their order. */
  readonly columns: readonly Physical[][];
  readonly rows: number;
  /** Values that could not be read as their column's type, with the first of them: its key, its column among the source's. */
  readonly unparsable: number;
  readonly firstUnparsable?: { readonly key: Buffer; readonly column: number };
}

/** Rows before they are counted; undefined for what cannot be read. */
type Row = readonly (Physical | undefined)[];

const KEY: KeyColumn = { name: 'key', type: 'utf8', from: { of: 'key' } };

/** What must be fetched for a column: text of the user's by its bytes, everything else as it is. */
function rawColumn(source: KeySource, column: KeyColumn): KeyColumn {
  const { from } = column;
  switch (from.of) {
    case 'field':
      return { name: `field:${from.field}`, type: 'utf8', from: { of: 'field', field: from.field } };
    case 'path':
    case 'value':
      return { name: 'value', type: 'utf8', from: { of: 'value' } };
    case 'member':
    case 'element':
    case 'index':
      if (source.kind === 'packed') return { name: 'value', type: 'utf8', from: { of: 'value' } };
      return { name: from.of, type: from.of === 'index' ? column.type : 'utf8', from: { of: from.of } };
    default:
      return { name: from.of, type: column.type, from };
  }
}

/** The raw columns, the key first, and for each wanted column the place of its raw one. */
function layout(source: KeySource, columns: readonly number[]): { raw: readonly KeyColumn[]; places: number[] } {
  const raw = [KEY];
  const place = (wanted: KeyColumn): number => {
    const known = raw.findIndex(({ name }) => name === wanted.name);
    return known < 0 ? raw.push(wanted) - 1 : known;
  };
  const places = columns.map((index) => place(rawColumn(source, columnOf(source, index))));
  // The number of rows follows from the length of the string.
  if (source.kind === 'packed') place({ name: 'value', type: 'utf8', from: { of: 'value' } });
  return { raw, places };
}

function columnOf(source: KeySource, index: number): KeyColumn {
  const column = source.columns[index];
  if (column === undefined) throw new RangeError(`keys have no column ${index}`);
  return column;
}

/**
 * The source of which all columns are read for the wanted `columns` of another. Strings of JSON and of packed numbers are strings there:
 * their length is not looked at.
 */
export function rawSource(source: KeySource, columns: readonly number[]): KeySource {
  const { raw } = layout(source, columns);
  const kind = source.kind === 'json' || source.kind === 'packed' ? 'strings' : source.kind;
  const { pattern, strict } = source;
  return { kind, pattern, columns: raw, shown: raw.length, strict };
}

/** @param values column by column, as \`rawSource\` gives them; null for what is missing */
export function parseRaw(
  source: KeySource,
  columns: readonly number[],
  values: readonly (readonly Physical[])[],
): ParsedKeys {
  const rows = rowParser(source, columns);
  const parsed: Physical[][] = columns.map(() => []);
  let unparsable = 0;
  let first: ParsedKeys['firstUnparsable'];
  const failed = (key: string, column: number): void => {
    unparsable += 1;
    first ??= { key: Buffer.from(key, 'latin1'), column };
  };
  let count = 0;
  const keys = values[0] as readonly string[];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const raw = values.map((column) => column[i] as Physical);
    for (const row of rows(raw, (column) => failed(key, column))) {
      count += 1;
      row.forEach((value, c) => {
        if (value === undefined) failed(key, columns[c] as number);
        parsed[c]?.push(value ?? null);
      });
    }
  }
  return { columns: parsed, rows: count, unparsable, ...(first && { firstUnparsable: first }) };
}

/** The rows of one raw row; what fails as a whole is told by its column. */
type RowParser = (raw: readonly Physical[], failed: (column: number) => void) => Iterable<Row>;

function rowParser(source: KeySource, columns: readonly number[]): RowParser {
  if (source.kind === 'packed') return packedRows(source, columns);
  if (source.kind === 'json') return jsonRows(source, columns);
  const { places } = layout(source, columns);
  const parsers = columns.map((index, c) => {
    const { type, from } = columnOf(source, index);
    const place = places[c] as number;
    if (from.of !== 'field' && from.of !== 'value' && from.of !== 'member' && from.of !== 'element')
      return (raw: readonly Physical[]) => raw[place] as Physical;
    const parse = parseText(type, from.unit);
    return (raw: readonly Physical[]) => (typeof raw[place] === 'string' ? parse(raw[place] as string) : null);
  });
  return (raw) => [parsers.map((parse) => parse(raw))];
}

function jsonRows(source: KeySource, columns: readonly number[]): RowParser {
  const { raw: shapes, places } = layout(source, columns);
  const paths = columns.filter((index) => columnOf(source, index).from.of === 'path');
  const first = paths[0];
  const parse = parseJson(paths.map((index) => columnOf(source, index)));
  const text = shapes.findIndex(({ name }) => name === 'value');
  return (raw, failed) => {
    const found = first === undefined ? [] : parse(Buffer.from(raw[text] as string, 'latin1'));
    if (found === undefined) failed(first as number);
    const row = columns.map((index, c): Physical | undefined => {
      const path = paths.indexOf(index);
      if (path < 0) return raw[places[c] as number] as Physical;
      return found === undefined ? null : found[path];
    });
    return [row];
  };
}

function packedRows(source: KeySource, columns: readonly number[]): RowParser {
  const { raw: shapes, places } = layout(source, columns);
  const parse = parsePacked(source.packed ?? 'float64');
  const text = shapes.findIndex(({ name }) => name === 'value');
  const element = source.columns.findIndex(({ from }) => from.of === 'element');
  const origins = columns.map((index) => columnOf(source, index).from.of);
  return (raw, failed) => {
    const numbers = parse(Buffer.from(raw[text] as string, 'latin1'));
    if (numbers === undefined) {
      failed(element);
      return [];
    }
    return Array.from(numbers, (number, i) =>
      origins.map(
        (of, c): Physical => (of === 'element' ? number : of === 'index' ? i : (raw[places[c] as number] as Physical)),
      ),
    );
  };
}

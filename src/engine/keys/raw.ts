/** Keys whose texts come here as they are: what is asked for, and how that becomes columns. */

import type { Physical } from '../../expr/typed.js';
import type { KeyColumn, KeySource, PackedType } from '../../plan/keys/source.js';
import { parseJson } from './parse-json.js';
import { parsePacked } from './parse-packed.js';
import { parseText } from './parse-text.js';

type Texts = readonly (readonly Physical[])[];

export interface ParsedRows {
  /** One a column that is wanted. */
  readonly columns: readonly (readonly Physical[])[];
  readonly rows: number;
  readonly unparsable: number;
  readonly firstUnparsable?: { readonly key: string; readonly column: number };
}

const KEY: KeyColumn = { name: 'key', type: 'utf8', from: { of: 'key' } };
const WHOLE: KeyColumn = { name: 'value', type: 'utf8', from: { of: 'value' } };
/** Of these the whole text of the key is asked for. */
const isWhole = ({ kind }: KeySource): boolean => kind === 'json' || kind === 'packed';
/** Columns of such sources that every key has. */
const FACTS = new Set(['key', 'slot', 'shard', 'type', 'ttl', 'memory']);

/** The key, then the columns that are wanted as texts; of JSON and packed numbers those that every key has, then the whole text. */
export function rawSource(source: KeySource, wanted: readonly number[]): KeySource {
  const columns = wanted.map((index) => source.columns[index] as KeyColumn);
  const own = isWhole(source) ? [...columns.filter(({ from }) => FACTS.has(from.of)), WHOLE] : columns.map(asText);
  const renamed = [KEY, ...own].map((column, i) => ({ ...column, name: String(i) }));
  return {
    kind: isWhole(source) ? 'strings' : source.kind,
    pattern: source.pattern,
    columns: renamed,
    shown: renamed.length,
    strict: false,
  };
}

function asText(column: KeyColumn): KeyColumn {
  const { from, name } = column;
  if (from.of === 'field') return { name, type: 'utf8', from: { of: 'field', field: from.field } };
  return from.of === 'value' || from.of === 'element' ? { name, type: 'utf8', from: { of: from.of } } : column;
}

/** @param texts the columns of `rawSource` */
export function parseRaw(source: KeySource, wanted: readonly number[], texts: Texts): ParsedRows {
  const [keys = [], ...rest] = texts;
  const found = new Unread(keys as readonly string[]);
  if (source.kind === 'json') return found.rows(jsonColumns(source, wanted, rest, found), keys.length);
  if (source.kind === 'packed') return packedColumns(source, wanted, rest, found);
  const columns = wanted.map((index, i) => {
    const { type, from } = source.columns[index] as KeyColumn;
    const values = rest[i] as readonly Physical[];
    if (from.of !== 'field' && from.of !== 'value' && from.of !== 'element') return values;
    const parse = parseText(type, from.unit);
    return values.map((text, row) => (text === null ? null : found.valueOr(parse(text as string), row, index)));
  });
  return found.rows(columns, keys.length);
}

/** Values that are there and cannot be read. */
class Unread {
  readonly #keys: readonly string[];
  #count = 0;
  #first: { readonly row: number; readonly column: number } | undefined;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  valueOr(value: Physical | undefined, row: number, column: number): Physical {
    if (value !== undefined) return value;
    this.#count += 1;
    // Column by column, yet the first is that of the first row, as in the shards.
    if (this.#first === undefined || row < this.#first.row) this.#first = { row, column };
    return null;
  }

  rows(columns: readonly (readonly Physical[])[], rows: number): ParsedRows {
    const parsed = { columns, rows, unparsable: this.#count };
    if (this.#first === undefined) return parsed;
    const { row, column } = this.#first;
    return { ...parsed, firstUnparsable: { key: this.#keys[row] as string, column } };
  }
}

function jsonColumns(source: KeySource, wanted: readonly number[], texts: Texts, found: Unread): Physical[][] {
  const paths = wanted.filter((index) => !isFact(source, index));
  const parse = parseJson(paths.map((index) => source.columns[index] as KeyColumn));
  const facts = factColumns(source, wanted, texts);
  const documents = texts.at(-1) as readonly string[];
  const columns = wanted.map((index) => [...(facts.get(index) ?? [])]);
  if (paths.length === 0) return columns;
  documents.forEach((text, row) => {
    const values = parse(Buffer.from(text, 'latin1'));
    if (values === undefined) found.valueOr(undefined, row, paths[0] as number);
    paths.forEach((index, i) => {
      const value = values === undefined ? null : found.valueOr(values[i], row, index);
      columns[wanted.indexOf(index)]?.push(value);
    });
  });
  return columns;
}

/** A row a number. */
function packedColumns(source: KeySource, wanted: readonly number[], texts: Texts, found: Unread): ParsedRows {
  const parse = parsePacked(source.packed as PackedType);
  const facts = factColumns(source, wanted, texts);
  const columns: Physical[][] = wanted.map(() => []);
  const element = source.columns.findIndex(({ from }) => from.of === 'element');
  let rows = 0;
  (texts.at(-1) as readonly string[]).forEach((text, row) => {
    const numbers = parse(Buffer.from(text, 'latin1'));
    if (numbers === undefined) found.valueOr(undefined, row, element);
    numbers?.forEach((number, place) => {
      rows += 1;
      wanted.forEach((index, i) => {
        const { from } = source.columns[index] as KeyColumn;
        const own = from.of === 'element' ? number : from.of === 'index' ? place : facts.get(index)?.[row];
        columns[i]?.push(own as Physical);
      });
    });
  });
  return found.rows(columns, rows);
}

const isFact = (source: KeySource, index: number): boolean => FACTS.has((source.columns[index] as KeyColumn).from.of);

/** By index; they stand in front of the whole text. */
function factColumns(
  source: KeySource,
  wanted: readonly number[],
  texts: Texts,
): ReadonlyMap<number, readonly Physical[]> {
  const facts = wanted.filter((index) => isFact(source, index));
  return new Map(facts.map((index, i) => [index, texts[i] as readonly Physical[]]));
}

/** Columns of hashes and of JSON, as some of them show. */

import { isUtf8 } from 'node:buffer';
import { formatJsonPath } from '../../../plan/keys/json-path.js';
import { type KeyType, parseKeyType } from '../../../plan/keys/key-types.js';
import type { DeclaredKeyColumn } from '../../../plan/keys/make-source.js';
import { guessOfJson, guessOfTexts } from './guess-type.js';

export interface SampledColumn {
  readonly name: string;
  /** As it is written in a schema. */
  readonly type: KeyType;
  readonly from: DeclaredKeyColumn['from'];
  /** How many of the sampled keys have it. */
  readonly present: number;
  /** One of its values. */
  readonly example: string;
}

/** Beyond these a schema is of no use to anybody. */
const MOST_COLUMNS = 200;
const MOST_NAME_BYTES = 1024;
const DEEPEST = 8;

/** @param hashes fields and values, flat, as HSCAN gives them */
export function columnsOfHashes(hashes: readonly (readonly Buffer[])[]): readonly SampledColumn[] {
  const fields = new Map<string, string[]>();
  for (const hash of hashes) {
    for (let i = 0; i + 1 < hash.length; i += 2) {
      const [field, value] = [hash[i] as Buffer, hash[i + 1] as Buffer];
      if (!isUtf8(field) || field.length > MOST_NAME_BYTES) continue;
      append(fields, field.toString(), value.toString('latin1'));
    }
  }
  return columns([...fields], (field, texts, name) => ({
    name: name(field === '' ? 'field' : field),
    type: guessOfTexts({ name: field, texts }),
    from: { field },
    present: texts.length,
    example: exampleOf(texts.map((text) => Buffer.from(text, 'latin1').toString())),
  }));
}

/** @param documents what the texts hold: objects or arrays */
export function columnsOfJson(documents: readonly unknown[]): readonly SampledColumn[] {
  const paths = new Map<string, { readonly path: readonly (string | number)[]; readonly values: unknown[] }>();
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (value === null || path.length > DEEPEST) return;
    if (typeof value !== 'object') {
      const key = formatJsonPath(path);
      const known = paths.get(key) ?? { path, values: [] };
      known.values.push(value);
      paths.set(key, known);
    } else if (Array.isArray(value)) visit(value[0] ?? null, [...path, 0]);
    else for (const [member, each] of Object.entries(value)) visit(each, [...path, member]);
  };
  for (const document of documents) visit(document, []);
  const found = [...paths.values()].map(({ path, values }) => [path, values] as const);
  return columns(found, (path, values, name) => {
    const own = String(path.at(-1));
    return {
      name: name(path.length === 1 ? own : path.join('_').replace(/[^\p{L}\p{N}_]+/gu, '_')),
      type: guessOfJson(own, values),
      from: { path },
      present: values.length,
      example: exampleOf(values.map(String)),
    };
  });
}

export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Those that most keys have first, else as they came; each under a name of its own. */
function columns<From, Value>(
  found: readonly (readonly [From, Value[]])[],
  make: (from: From, values: Value[], name: (wanted: string) => string) => SampledColumn,
): readonly SampledColumn[] {
  const taken = new Set(['key']);
  const name = (wanted: string): string => {
    let own = wanted;
    while (taken.has(own)) own = `${own}_`;
    taken.add(own);
    return own;
  };
  const sorted = found.toSorted(([, a], [, b]) => b.length - a.length);
  return sorted.slice(0, MOST_COLUMNS).map(([from, values]) => make(from, values, name));
}

const LONGEST_EXAMPLE = 40;

export function exampleOf(texts: readonly string[]): string {
  const text = texts.find((each) => each !== '') ?? '';
  return text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1)}…` : text;
}

/** As a source is made of it. */
export function declaredOf({ name, type, from }: SampledColumn): DeclaredKeyColumn {
  return { name, from, ...parseKeyType(type) };
}

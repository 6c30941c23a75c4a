/** What a sample says, kind by kind: each kind may be asked for by a source of its own. */

import { isUtf8 } from 'node:buffer';
import { type KeyType, parseKeyType } from '../../../plan/keys/key-types.js';
import type { KeyShape } from '../../../plan/keys/make-source.js';
import type { KeyKind } from '../../../plan/keys/source.js';
import { append, columnsOfHashes, columnsOfJson, declaredOf, exampleOf, type SampledColumn } from './columns.js';
import { guessOfTexts } from './guess-type.js';
import type { SampledKey } from './sample.js';

export interface SampledGroup {
  /** The source that reads them; undefined for keys of which none does. */
  readonly kind: KeyKind | undefined;
  /** What they are called: `hashes`, `strings of JSON`, `streams`. */
  readonly title: string;
  readonly keys: number;
  /** Of hashes and JSON. */
  readonly columns?: readonly SampledColumn[];
  /** Of strings and lists. */
  readonly value?: { readonly type: KeyType; readonly example: string };
}

/** Those with most keys first. */
export function sampledGroups(keys: readonly SampledKey[]): readonly SampledGroup[] {
  const byType = new Map<string, SampledKey[]>();
  for (const key of keys) append(byType, key.type, key);
  return [...byType]
    .flatMap(([type, list]): readonly SampledGroup[] => {
      switch (type) {
        case 'hash':
          return [{ kind: 'hashes', title: 'hashes', keys: list.length, columns: columnsOfHashes(list.map(valuesOf)) }];
        case 'string':
          return stringGroups(list);
        case 'list':
          return [{ kind: 'list', title: 'lists', keys: list.length, value: guessedValue(list.flatMap(valuesOf)) }];
        case 'zset':
          return [{ kind: 'zset', title: 'sorted sets', keys: list.length }];
        case 'set':
          return [{ kind: 'set', title: 'sets', keys: list.length }];
        default:
          return [{ kind: undefined, title: `keys of type ${type}`, keys: list.length }];
      }
    })
    .toSorted((a, b) => b.keys - a.keys);
}

const valuesOf = ({ values }: SampledKey): readonly Buffer[] => values;

function guessedValue(values: readonly Buffer[]): { readonly type: KeyType; readonly example: string } {
  const texts = values.map((value) => value.toString('latin1'));
  return { type: guessOfTexts({ name: '', texts }), example: exampleOf(values.map(String)) };
}

/** Strings may hold text, JSON, or numbers one after the other, which no text looks like. */
function stringGroups(keys: readonly SampledKey[]): readonly SampledGroup[] {
  const documents: unknown[] = [];
  const [texts, binary]: [Buffer[], Buffer[]] = [[], []];
  for (const { values, isWhole } of keys) {
    const value = values[0] ?? Buffer.alloc(0);
    const document = isWhole ? documentIn(value) : undefined;
    if (document !== undefined) documents.push(document);
    else (isWhole && !isUtf8(value) ? binary : texts).push(value);
  }
  const groups: SampledGroup[] = [
    { kind: 'json', title: 'strings of JSON', keys: documents.length, columns: columnsOfJson(documents) },
    { kind: 'strings', title: 'strings', keys: texts.length, value: guessedValue(texts) },
    { kind: 'packed', title: 'strings of bytes', keys: binary.length },
  ];
  return groups.filter((group) => group.keys > 0);
}

/** An object or an array; a number or a text is a string like others. */
function documentIn(text: Buffer): object | undefined {
  if (!/^\s*[[{]/.test(text.toString('latin1', 0, 64)) || !isUtf8(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What a source of this kind is made of; undefined where the sample does not say. */
export function shapeOf({ kind, columns, value }: SampledGroup): KeyShape | undefined {
  if (kind === 'packed' || kind === undefined) return undefined;
  if (columns !== undefined) return columns.length === 0 ? undefined : { columns: columns.map(declaredOf) };
  return value === undefined ? {} : { value: parseKeyType(value.type) };
}

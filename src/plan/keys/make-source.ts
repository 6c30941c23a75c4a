/** Sources of keys, made of what a user declares: which columns each kind has, and where their values come from. */

import { ShardfoldError } from '../../errors.js';
import { checkName, isWellFormed } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';
import type { ReadAs } from './key-types.js';
import type { KeyColumn, KeyKind, KeyOrigin, KeySource, PackedType } from './source.js';

/** A column that a user declares of hashes or JSON. */
export interface DeclaredKeyColumn extends ReadAs {
  readonly name: string;
  readonly from: { readonly field: string } | { readonly path: readonly (string | number)[] };
}

/** What is known of keys besides their kind. */
export interface KeyShape {
  /** Of hashes and JSON. */
  readonly columns?: readonly DeclaredKeyColumn[];
  /** Of strings and lists: what their values are. */
  readonly value?: ReadAs;
  /** Of packed strings. */
  readonly packed?: PackedType;
}

export interface SourceSpec extends KeyShape {
  readonly kind: KeyKind;
  readonly pattern: string;
  readonly strict?: boolean;
}

const fact = (name: 'key' | 'slot' | 'shard' | 'ttl' | 'type' | 'memory', type: ColumnType): KeyColumn => ({
  name,
  type,
  from: { of: name },
});

const KEY = fact('key', 'utf8');
/** What is known of every key; a time to live is in whole seconds. */
const FACTS: readonly KeyColumn[] = [
  fact('slot', 'int32'),
  fact('shard', 'utf8'),
  fact('ttl', 'int64'),
  fact('type', 'utf8'),
  fact('memory', 'int64'),
];
/** What `keys` shows, in this order. */
const OF_KEYS = ['type', 'ttl', 'slot', 'shard'];

const within = (name: string, type: ColumnType, from: KeyOrigin): KeyColumn => ({ name, type, from });
const INDEX = within('index', 'int64', { of: 'index' });
const MEMBER = within('member', 'utf8', { of: 'member' });

/**
 * A frozen source. A column that is declared goes before a fact of the same name (slot, shard, ttl, type, memory), which then
 * cannot be asked for; `key` is taken.
 * @throws INVALID_ARGUMENT for what is no pattern, no columns, and names that are taken twice
 */
export function makeKeySource({ kind, pattern, strict = false, packed, ...spec }: SourceSpec): KeySource {
  checkPattern(pattern);
  const shown = kind === 'keys' ? OF_KEYS.map(factCalled) : rowColumns(kind, spec, packed);
  const names = new Set(shown.map(({ name }) => name));
  const columns = [KEY, ...shown, ...FACTS.filter(({ name }) => !names.has(name))];
  for (const column of columns) Object.freeze(Object.freeze(column).from);
  return Object.freeze({
    kind,
    pattern,
    columns: Object.freeze(columns),
    shown: 1 + shown.length,
    ...(packed !== undefined && { packed }),
    strict,
  });
}

const factCalled = (name: string): KeyColumn => FACTS.find((each) => each.name === name) as KeyColumn;

/** The columns behind the key. */
function rowColumns(
  kind: Exclude<KeyKind, 'keys'>,
  { columns = [], value = { type: 'utf8' } }: Pick<SourceSpec, 'columns' | 'value'>,
  packed: PackedType | undefined,
): readonly KeyColumn[] {
  const { type, ...unit } = value;
  switch (kind) {
    case 'hashes':
    case 'json':
      return declaredColumns(kind, columns);
    case 'strings':
      return [within('value', type, { of: 'value', ...unit })];
    case 'list':
      return [INDEX, within('value', type, { of: 'element', ...unit })];
    case 'packed':
      return [INDEX, within('value', packed?.startsWith('uint') ? 'int32' : (packed as ColumnType), { of: 'element' })];
    case 'zset':
      return [MEMBER, within('score', 'float64', { of: 'score' })];
    case 'set':
      return [MEMBER];
  }
}

function declaredColumns(kind: 'hashes' | 'json', declared: readonly DeclaredKeyColumn[]): readonly KeyColumn[] {
  if (declared.length === 0)
    throw invalid(`no ${kind === 'json' ? 'paths' : 'fields'} are named`, "e.g. { price: 'float64', region: 'utf8' }");
  const seen = new Set<string>();
  return declared.map(({ name, from, type, unit }, i): KeyColumn => {
    checkName(name, `column ${i + 1}`);
    if (name === KEY.name) {
      const of = 'field' in from ? "{ id: { field: 'key', type: 'utf8' } }" : "{ id: { path: 'key', type: 'utf8' } }";
      throw invalid('the column "key" is the name of the key', `call the other one something else: ${of}`);
    }
    if (seen.has(name)) throw invalid(`two columns are called "${name}"`, 'give one of them another name');
    seen.add(name);
    const time = unit === undefined ? {} : { unit };
    if ('field' in from) return within(name, type, { of: 'field', field: from.field, ...time });
    return within(name, type, { of: 'path', path: Object.freeze([...from.path]), ...time });
  });
}

/** Time of a match may grow by the lengths of pattern and key multiplied. */
const LONGEST_PATTERN = 512;

function checkPattern(pattern: string): void {
  if (pattern === '')
    throw invalid('the pattern is empty', "a glob as KEYS takes it, e.g. 'order:*', or '*' for all keys");
  if (!isWellFormed(pattern))
    throw invalid('the pattern holds half a surrogate pair', 'a pattern is well-formed Unicode');
  const size = Buffer.byteLength(pattern);
  if (size > LONGEST_PATTERN)
    throw invalid(
      `the pattern has ${size} bytes`,
      `${LONGEST_PATTERN} at most: each key of the keyspace is matched against it`,
    );
}

function invalid(message: string, hint: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}

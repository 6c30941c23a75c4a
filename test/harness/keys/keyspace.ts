/** Random keyspaces: every type of key, under patterns that do not fit all of them, with the names and values that go wrong elsewhere. */
import type { Word } from '../../../scripts/bench/data/pour.mjs';
import type { KeyKind, PackedType } from '../../../src/plan/keys/source.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from '../oracle/draw.js';
import { drawDocuments } from './documents.js';
import type { SpaceColumn, SpaceSource } from './space.js';
import { drawTexts, type TextOf } from './texts.js';

export interface Keyspace {
  readonly sources: readonly SpaceSource[];
  /** What makes the keys: commands whose second word is the key. */
  readonly commands: readonly (readonly Word[])[];
}

const TYPES: readonly ColumnType[] = [
  ...(['float64', 'float64', 'float64', 'float32', 'int32', 'int32', 'int64', 'utf8', 'utf8', 'bool'] as const),
  ...(['timestamp', 'date', 'decimal(2)', 'decimal(6)'] as const),
];
const FIELDS = ['price', 'qty', 'we"ird {0}', "it's", 'é🦆', 'select', 'Unit Price', '0', ''];
/** Names that DuckDB's paths tell from places in arrays. */
const PATHS = ['price', 'qty', "it's", 'é🦆', 'select', 'Unit Price'];
const PACKED: readonly PackedType[] = ['float64', 'float32', 'int32', 'uint8', 'uint16'];
export const KINDS = ['hashes', 'strings', 'json', 'packed', 'zset', 'list', 'set'] as const;

function drawColumns(draw: Draw, kind: KeyKind): SpaceColumn[] {
  if (kind === 'strings' || kind === 'list') return [{ name: 'value', ...drawType(draw) }];
  if (kind !== 'hashes' && kind !== 'json') return [];
  const fields = (kind === 'json' ? PATHS : FIELDS).filter(() => draw.chance(0.5));
  return (fields.length > 0 ? fields : ['price']).map((field, i) => {
    const name = field === '' || draw.chance(0.2) ? `c${i}` : field;
    const path = draw.pick<(string | number)[]>([[], [], ['in'], ['lines', draw.int(0, 2)], [draw.int(0, 1)]]);
    return { name, ...drawType(draw), ...(kind === 'hashes' ? { field } : { path: [...path, field] }) };
  });
}

function drawType(draw: Draw): { type: ColumnType; unit?: 's' | 'ms' } {
  const type = draw.pick(TYPES);
  return type === 'timestamp' && draw.chance(0.6) ? { type, unit: draw.pick(['s', 'ms'] as const) } : { type };
}

/** Ends of names, all different; among them such as the pattern asks for. */
function drawNames(draw: Draw, pattern: string, oneSlot: boolean): (i: number) => string {
  if (oneSlot) return (i) => `{eu}:${i}`;
  const styles: ((i: number) => string)[] = [
    (i) => `${i}`,
    (i) => `{eu}:${i}`,
    (i) => `{${i % 3}}:${i}`,
    (i) => `{}${i}`,
    (i) => `}${i}{`,
    (i) => `é🦆 ${i}`,
    (i) => `[${i}]*?\\`,
    (i) => `\0\r\n${i}`,
    (i) => `${'long'.repeat(60)}${i}`,
  ];
  const few = draw.list(draw.int(1, 3), () => draw.pick(styles));
  if (pattern.includes('{eu}')) few.push((i) => `{eu}:${i}`);
  return (i) => few[i % few.length]?.(i) as string;
}

const SIZES = [0, 1, 2, 7, 40, 150, 150, 400, 400, 1000];

/** How much there is of each source; drawn where it is not given. */
export interface Size {
  readonly keys?: number;
  /** All keys of a source have one hash tag. */
  readonly oneSlot?: boolean;
  /** Of the first key: members, elements, numbers. */
  readonly members?: number;
}

function drawSource(draw: Draw, prefix: string, kind: (typeof KINDS)[number], size: Size) {
  const rows = size.keys ?? draw.pick(SIZES);
  const source: SpaceSource = {
    kind,
    pattern: draw.pick([
      `${prefix}:*`,
      `${prefix}:*`,
      `${prefix}:*`,
      `${prefix}:{eu}:*`,
      `${prefix}?[^x]*`,
      `*${prefix}:*`,
    ]),
    columns: drawColumns(draw, kind),
    ...(kind === 'packed' && { packed: draw.pick(PACKED) }),
  };
  const name = drawNames(draw, source.pattern, size.oneSlot ?? false);
  const make = maker(draw, source, size);
  const [wrong, expiring, expired] = [draw.pick([0, 0, 5, 13]), draw.pick([0, 0, 3, 50]), draw.pick([0, 0, 4, 31])];
  const commands: (readonly Word[])[] = [];
  for (let i = 0; i < rows; i++) {
    const key = `${prefix}:${name(i)}`;
    const made = wrong > 0 && i % wrong === wrong - 1 ? otherType(kind, key, i) : make(key, i);
    if (made === undefined) continue;
    commands.push(made);
    // The key with many members stays.
    if (size.members !== undefined) continue;
    if (expired > 0 && i % expired === 0) commands.push(['PEXPIRE', key, '1']);
    else if (expiring > 0 && i % expiring === 0) commands.push(['PEXPIRE', key, `${4e9 + i * 1000}`]);
  }
  return { source, commands };
}

function otherType(kind: KeyKind, key: string, i: number): readonly Word[] {
  const others: (readonly Word[])[] = [
    ['HSET', key, 'price', '5', 'qty', '7'],
    ['SET', key, '12'],
    ['ZADD', key, '1', 'a'],
    ['RPUSH', key, '5'],
    ['SADD', key, '5'],
    ['XADD', key, '1-1', 'price', '5'],
  ];
  const own = { hashes: 0, strings: 1, json: 1, packed: 1, zset: 2, list: 3, set: 4, keys: 9 }[kind];
  return others.filter((_, place) => place !== own)[i % 5] as readonly Word[];
}

type Make = (key: string, i: number) => readonly Word[] | undefined;

/** What makes one key; undefined for a key without anything in it, for there is none. */
function maker(draw: Draw, { kind, columns, packed }: SpaceSource, { members }: Size): Make {
  if (kind === 'hashes') return hashMaker(draw, columns);
  if (kind === 'json') {
    const documents = drawDocuments(draw, columns);
    return (key, i) => ['SET', key, documents(i)];
  }
  const texts = drawTexts(draw, columns[0]?.type ?? 'utf8', columns[0]?.unit);
  if (kind === 'strings') return (key, i) => ['SET', key, texts(i)];
  const [few, many] = [draw.pick([1, 3]), draw.pick([5, 40, 300])];
  const size = (i: number): number => (i === 0 ? (members ?? 0) : i % 97 === 1 ? many : i % (few + 1));
  const list = (i: number, item: (k: number) => Word[]): Word[] =>
    Array.from({ length: size(i) }, (_, k) => item(k)).flat();
  if (kind === 'packed') return (key, i) => ['SET', key, packedNumbers(packed ?? 'float64', i, size(i))];
  const command = { zset: 'ZADD', list: 'RPUSH', set: 'SADD' }[kind as 'zset'];
  const scores = drawScores(draw);
  return (key, i) => {
    const items = list(i, (k) => (kind === 'zset' ? [scores(i + k), `${texts(k)}${k}`] : [texts(i * 3 + k)]));
    return items.length === 0 ? undefined : [command, key, ...items];
  };
}

function drawScores(draw: Draw): (i: number) => string {
  const ties = draw.pick([1, 2, 1000]);
  const special = draw.chance(0.4) ? ['inf', '-inf', '-0', '1e300', '5e-324'] : [];
  return (i) => (special.length > 0 && i % 7 === 0 ? (special[i % special.length] as string) : String((i % ties) / 8));
}

function packedNumbers(type: PackedType, i: number, count: number): Buffer {
  const width = { float64: 8, float32: 4, int32: 4, uint8: 1, uint16: 2 }[type];
  const bytes = Buffer.alloc(width * count);
  for (let k = 0; k < count; k++) {
    const value =
      k % 11 === 5 && type.startsWith('float')
        ? [Number.NaN, -0, Number.POSITIVE_INFINITY][k % 3]
        : (i * 31 + k * 7) % 250;
    if (type === 'float64') bytes.writeDoubleLE((value as number) / 7, k * 8);
    else if (type === 'float32') bytes.writeFloatLE((value as number) / 7, k * 4);
    else if (type === 'int32') bytes.writeInt32LE((value as number) * (k % 2 === 0 ? -8_000_000 : 8_000_000), k * 4);
    else if (type === 'uint8') bytes.writeUInt8(value as number, k);
    else bytes.writeUInt16LE((value as number) * 260, k * 2);
  }
  return bytes;
}

function hashMaker(draw: Draw, columns: readonly SpaceColumn[]): Make {
  const drawn = columns.map(({ field, type, unit }): { field: string; texts: TextOf; missing: number } => ({
    field: field as string,
    texts: drawTexts(draw, type, unit),
    missing: draw.pick([0, 0, 2, 7, 1]),
  }));
  const extra = draw.pick([0, 1, 200]);
  return (key, i) => {
    const words: Word[] = i % 5 === 1 ? [] : ['other', `${i}`];
    for (const { field, texts, missing } of drawn) {
      if (missing === 0 || i % (missing + 1) !== 0) words.push(field, texts(i));
    }
    // Beyond 128 fields a hash is no listpack any more.
    if (i % 40 === 0) for (let k = 0; k < extra; k++) words.push(`extra ${k}`, `${k}`);
    return words.length === 0 ? undefined : ['HSET', key, ...words];
  };
}

/** A keyspace with a source of each kind that is asked for. */
export function drawKeyspace(
  draw: Draw,
  prefix: string,
  kinds: readonly (typeof KINDS)[number][],
  size: Size = {},
): Keyspace {
  const parts = kinds.map((kind, nth) => drawSource(draw, `${prefix}${nth}`, kind, size));
  return { sources: parts.map(({ source }) => source), commands: parts.flatMap(({ commands }) => commands) };
}

/** How each column of Arrow record batches is read, by its type there and the type that the user wants. */
import { ShardfoldError } from '../../errors.js';
import { asType, invalidValue } from '../schema.js';
import type { BatchColumn, ColumnType } from '../types.js';
import { type ArrowData, ID, type TypeFacts } from './arrow-facts.js';
import { type ArrowReader, arrowStrings, isArrowText, validityOf } from './arrow-strings.js';
import { arrowText } from './arrow-text.js';
import { isSet, spreadBits } from './bits.js';
import {
  copy,
  dayMilliseconds,
  days,
  type Fill,
  halves,
  int64,
  int128,
  milliseconds,
  type Raw,
  seconds,
  ticks,
  uint64,
} from './numbers.js';
import { parseText } from './text.js';
import { numbersFor, ValueColumn } from './value-column.js';

export interface ArrowColumn {
  readonly type: ColumnType;
  readonly read: ArrowReader;
}

/** Types that hold all that another holds; every other change goes by way of the texts. */
const WIDER: Partial<Record<ColumnType, readonly ColumnType[]>> = {
  int32: ['int64', 'float64'],
  int64: ['float64'],
  float32: ['float64'],
};

interface Layout {
  readonly type: ColumnType;
  readonly fill: Fill;
  readonly finer?: boolean;
}

/** @throws TYPE_MISMATCH for a type that no column type holds */
export function arrowColumn(
  { name, type }: { name: string; type: TypeFacts },
  wanted: ColumnType | undefined,
  truncate: boolean,
): ArrowColumn {
  const layout = layoutOf(type, truncate);
  const natural = layout?.type ?? (isArrowText(type) ? 'utf8' : undefined);
  if (natural === undefined && (type.typeId !== ID.null || wanted === undefined)) {
    throw new ShardfoldError('TYPE_MISMATCH', `column "${name}" is ${type}, which no column type holds`, {
      hint:
        type.typeId === ID.null ? `it holds only nulls: give its type: ${asType(name, 'float64')}` : 'cast or drop it',
    });
  }
  if (layout && wanted !== undefined && WIDER[layout.type]?.includes(wanted)) {
    return { type: wanted, read: numberReader(name, { ...layout, type: wanted }) };
  }
  if (wanted !== undefined && wanted !== natural) return { type: wanted, read: textReader(name, wanted) };
  return layout ? { type: layout.type, read: numberReader(name, layout) } : { type: 'utf8', read: arrowStrings() };
}

function layoutOf(facts: TypeFacts, truncate: boolean): Layout | undefined {
  switch (facts.typeId) {
    case ID.int:
      if (facts.bitWidth === 64) return { type: 'int64', fill: facts.isSigned ? int64 : uint64 };
      return { type: facts.bitWidth === 32 && !facts.isSigned ? 'int64' : 'int32', fill: copy };
    case ID.float:
      return facts.precision === 2
        ? { type: 'float64', fill: copy }
        : { type: 'float32', fill: facts.precision === 0 ? halves : copy };
    case ID.bool:
      return { type: 'bool', fill: copy };
    case ID.date:
      return { type: 'date', fill: facts.unit === 0 ? days : dayMilliseconds };
    case ID.timestamp:
      if (facts.unit === 0) return { type: 'timestamp', fill: seconds };
      if (facts.unit === 1) return { type: 'timestamp', fill: milliseconds };
      return { type: 'timestamp', fill: ticks(facts.unit === 2 ? 1000 : 1_000_000, truncate), finer: true };
    case ID.decimal: {
      const { scale = 0, bitWidth = 128 } = facts;
      return bitWidth === 128 && scale >= 0 && scale <= 15 ? { type: `decimal(${scale})`, fill: int128 } : undefined;
    }
    default:
      return undefined;
  }
}

function numberReader(name: string, { type, fill, finer }: Layout): ArrowReader {
  return (data, { from, to, row }) => {
    const { bits, offset } = data;
    const values = new (numbersFor(type))(to - from);
    if (type === 'bool') spreadBits(data.values as Uint8Array, offset + from, to - from, values as Uint8Array, 0);
    const raw = wordsOf(data.values, fill);
    for (let next = from; next < to && type !== 'bool'; ) {
      const bad = fill(raw, next, to, values, next - from);
      if (bad < 0) break;
      if (bits === undefined || isSet(bits, offset + bad)) {
        const place = { row: row + bad - from, column: name };
        const reason = finer ? 'finer than a millisecond, or beyond its range' : 'beyond its range';
        const hint = finer ? '--truncate cuts to milliseconds' : undefined;
        throw invalidValue(type, arrowText(data, bad), place, reason, hint);
      }
      values[bad - from] = 0;
      next = bad + 1;
    }
    const valid = validityOf(data, from, to);
    return { kind: 'number', values, ...(valid && { valid }) };
  };
}

/** Any column by the texts of its values, for a type that is not its own. */
function textReader(name: string, type: ColumnType): ArrowReader {
  const column = new ValueColumn(name, 'utf8', false);
  return (data, { from, to, row }) => {
    column.begin(to - from);
    for (let i = from; i < to; i++)
      column.set(i - from, isPresent(data, i) ? arrowText(data, i) : null, row + i - from);
    const texts = column.finish(to - from);
    return texts.kind === 'string' && type !== 'utf8' ? parsed(texts, type, { name, row }) : texts;
  };
}

function isPresent({ bits, offset, facts }: ArrowData, index: number): boolean {
  return facts.typeId !== ID.null && (bits === undefined || isSet(bits, offset + index));
}

type Strings = Extract<BatchColumn, { kind: 'string' }>;

function parsed(
  { codes, dictionary, valid }: Strings,
  type: ColumnType,
  where: { name: string; row: number },
): BatchColumn {
  const values = new (numbersFor(type))(codes.length);
  for (let i = 0; i < codes.length; i++) {
    if (valid?.[i] === 0) continue;
    const place = { row: where.row + i, column: where.name };
    values[i] = parseText(type, dictionary[codes[i] as number] as string, place) as number;
  }
  return { kind: 'number', values, ...(valid && { valid }) };
}

/** 64-bit integers and 128-bit decimals as 32-bit words. */
function wordsOf(values: unknown, fill: Fill): Raw {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  }
  if (!(values instanceof Uint32Array) || fill !== int128) return values as Raw;
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

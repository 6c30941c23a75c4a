/** What a generated kernel is made of before its text: its keys, its columns fetched, its constants bound. */

import type { TypedExpr } from '../expr/typed.js';
import type { Constants } from './constants.js';
import { hasBitmap, isDictionary, type KernelColumn } from './shape.js';

/** What a kernel is made of before its text: bodies of folds, and kernels that give rows back. */
export interface KernelParts {
  readonly shape: {
    readonly columns: readonly KernelColumn[];
    readonly dense: boolean;
    readonly spec: { readonly keys: readonly TypedExpr[] };
  };
  readonly constants: Constants;
  /** Slots of dictionary columns whose entries are needed as strings. */
  readonly texts: ReadonlySet<number>;
  /** Lists of numbers that are constants of aggregates. */
  readonly lists: readonly (readonly number[])[];
  readonly grouped: boolean;
}

/** Numbers of a column in the kernel's first argument: six a column, after the first row and the number of rows. */
export const HEADER_NUMBERS = 2;
export const COLUMN_NUMBERS = 6;

/** A key that a kernel declares: the data, validity bitmap or dictionary of a column. Each exists for every chunk of its layout. */
export interface KernelKey {
  readonly slot: number;
  readonly kind: 'data' | 'validity' | 'dictionary';
}

/** The keys of a kernel in the order of KEYS; known once its rows have been printed. */
export function kernelKeys(body: KernelParts): KernelKey[] {
  const { constants, texts } = body;
  const searched = new Set([...texts, ...constants.locations.map(({ slot }) => slot)]);
  for (const { slot } of constants.sets) if (slot !== undefined) searched.add(slot);
  return body.shape.columns.flatMap((column): KernelKey[] => {
    const { slot } = column;
    if (column !== holderOf(column, body.shape.columns)) return [];
    const keys: KernelKey[] = [{ slot, kind: 'data' }];
    if (hasBitmap(column)) keys.push({ slot, kind: 'validity' });
    if (isDictionary(column.encoding) && searched.has(slot)) keys.push({ slot, kind: 'dictionary' });
    return keys;
  });
}

/** The column by which its key is declared: of several in one key the first. */
const holderOf = (column: KernelColumn, columns: readonly KernelColumn[]): KernelColumn =>
  (column.stride && columns.find(({ stride }) => stride !== undefined)) ?? column;

/** Codes of two bytes from one to another: all low bytes before the same high one are put together at once. */
const ROW_CODES = `local function row_codes(from, to)
  local lows, parts, char = {}, {}, string.char
  for low = 0, 255 do lows[low + 1] = char(low) end
  for high = floor(from / 256), floor(to / 256) do parts[#parts + 1] = concat(lows, char(high)) .. char(high) end
  return sub(concat(parts), from % 256 * 2 + 1, (from % 256 + to - from + 1) * 2)
end`;

/** Fetches the columns' bytes for rows a … a + n - 1 into s<slot> (data), v<slot> (validity) and dictionaries. */
export function fetchColumns(body: KernelParts, columns = body.shape.columns): string[] {
  const lines: string[] = [];
  const keys = kernelKeys(body);
  const place = (slot: number, kind: KernelKey['kind']): number =>
    keys.findIndex((key) => key.slot === slot && key.kind === kind) + 1;
  for (const column of columns) {
    const { slot, encoding, stride } = column;
    if (stride !== undefined) {
      lines.push(...fetchStrided(column, columns, place(holderOf(column, body.shape.columns).slot, 'data')));
      continue;
    }
    const key = place(slot, 'data');
    const dictionaryKey = place(slot, 'dictionary');
    const at = HEADER_NUMBERS + COLUMN_NUMBERS * slot;
    const [size, bitmap, dictionary, entries] = [1, 2, 3, 4].map((i) => `H[${at + i}]`);
    const width = { f64: 8, f32: 4, u8: 1, u16: 2, dict8: 1, dict16: 2, plain: 4 }[encoding];
    if (column.made) {
      lines.push(ROW_CODES, `local s${slot} = row_codes(a + 1, a + n)`);
    } else if (encoding === 'plain') {
      lines.push(
        `local s${slot} = fetch(KEYS[${key}], ${size}, a * 4, (a + n + 1) * 4)`,
        `local f${slot} = unpack_one('<I4', s${slot}, 1)`,
        `local t${slot} = call('GETRANGE', KEYS[${key}], (H[${at + 4}] + 1) * 4 + f${slot}, (H[${at + 4}] + 1) * 4 + unpack_one('<I4', s${slot}, n * 4 + 1) - 1)`,
        `local function slice${slot}(from, to) return sub(t${slot}, from - f${slot} + 1, to - f${slot}) end`,
      );
    } else {
      lines.push(`local s${slot} = fetch(KEYS[${key}], ${size}, a * ${width}, (a + n) * ${width})`);
    }
    if (hasBitmap(column)) {
      lines.push(
        `local v${slot} = fetch(KEYS[${place(slot, 'validity')}], ${bitmap}, floor(a / 8), floor((a + n + 7) / 8))`,
      );
    }
    if (encoding === 'u8' || encoding === 'u16') {
      lines.push(`local b${slot}, m${slot} = H[${at + 5}], H[${at + 6}]`);
    }
    if (dictionaryKey > 0) {
      lines.push(
        `local w${slot} = fetch(KEYS[${dictionaryKey}], ${dictionary}, 0, ${dictionary})`,
        `local function entry${slot}(code)
  local from, to = unpack_one('<I4I4', w${slot}, code * 4 - 3)
  return sub(w${slot}, (${entries} + 1) * 4 + from + 1, (${entries} + 1) * 4 + to)
end`,
      );
    }
    if (body.texts.has(slot)) {
      lines.push(
        `local memo${slot} = {}`,
        `local function text${slot}(code)
  local known = memo${slot}[code]
  if not known then known = entry${slot}(code) memo${slot}[code] = known end
  return known
end`,
      );
    }
  }
  return lines;
}

/** Rows a … a + n - 1 of the key, once for all of its columns that are fetched here. */
function fetchStrided({ slot, stride }: KernelColumn, columns: readonly KernelColumn[], key: number): string[] {
  const at = HEADER_NUMBERS + COLUMN_NUMBERS * slot;
  const first = columns.find((column) => column.stride !== undefined) as KernelColumn;
  const bytes = stride?.bytes;
  return [
    first.slot === slot
      ? `local s${slot} = fetch(KEYS[${key}], H[${at + 1}], a * ${bytes}, (a + n) * ${bytes})`
      : `local s${slot} = s${first.slot}`,
    `local b${slot}, m${slot} = H[${at + 5}], H[${at + 6}]`,
  ];
}

/** Place of the arguments of look-ups among ARGV: behind the strings, sets and lists. */
export function firstLookup({ constants, lists }: Pick<KernelParts, 'constants' | 'lists'>): number {
  return 2 + constants.strings.length + constants.sets.length + lists.length;
}

/** Where the constants of a kernel stand: behind how many numbers of H, and from which of ARGV on its strings, sets and lists. */
export interface ConstantPlaces {
  readonly first: number;
  readonly argument: number;
}

/** Binds the constants: numbers after the columns in the first argument, strings and sets in the arguments that follow. */
export function bindConstants(
  body: KernelParts,
  places: ConstantPlaces = { first: HEADER_NUMBERS + COLUMN_NUMBERS * body.shape.columns.length, argument: 2 },
): string[] {
  const { first, argument: from } = places;
  const { constants, shape } = body;
  const memos = constants.memos.map((memo) => `local ${memo} = {}`);
  const lines = constants.numbers.map((_, i) => `local k${i + 1} = H[${first + i + 1}]`);
  constants.thresholds.forEach(({ name }, i) => {
    const at = first + constants.numbers.length + 3 * i;
    lines.push(`local ${name}b, ${name}t, ${name}e = H[${at + 1}], H[${at + 2}], H[${at + 3}]`);
  });
  if (body.grouped && shape.dense) {
    const strides = first + constants.numbers.length + 3 * constants.thresholds.length;
    shape.spec.keys.forEach((_, key) => {
      if (key > 0) lines.push(`local q${key} = H[${strides + key + 1}]`);
    });
    lines.push(`local groups = H[${strides + shape.spec.keys.length + 1}]`);
  }
  lines.push(...constants.strings.map((_, i) => `local z${i + 1} = ARGV[${i + from}]`));
  body.lists.forEach((_, i) => {
    const argument = `ARGV[${constants.strings.length + constants.sets.length + i + from}]`;
    lines.push(
      `local L${i + 1} = {} for p = 1, #${argument}, 8 do L${i + 1}[(p + 7) / 8] = unpack_one('<d', ${argument}, p) end`,
    );
  });
  for (const { name, slot, string } of constants.locations) {
    const entries = `H[${HEADER_NUMBERS + COLUMN_NUMBERS * slot + 4}]`;
    lines.push(`local ${name}b, ${name}t, ${name}e = locate(entry${slot}, ${entries}, z${string + 1})`);
  }
  constants.sets.forEach(({ name, slot, values }, i) => {
    const argument = `ARGV[${constants.strings.length + i + from}]`;
    lines.push(`local ${name} = {}`);
    if (typeof values[0] === 'string') {
      const entries = `H[${HEADER_NUMBERS + COLUMN_NUMBERS * (slot ?? 0) + 4}]`;
      const insert =
        slot === undefined
          ? `${name}[text] = true`
          : `local _, _, code = locate(entry${slot}, ${entries}, text) ${name}[code] = true`;
      lines.push(`do
  local p = 1
  while p <= #${argument} do
    local size = unpack_one('<I4', ${argument}, p)
    local text = sub(${argument}, p + 4, p + 3 + size)
    p = p + 4 + size
    ${insert}
  end
end`);
    } else {
      lines.push(`for p = 1, #${argument}, 8 do ${name}[unpack_one('<d', ${argument}, p)] = true end`);
    }
  });
  return [...lines, ...memos];
}

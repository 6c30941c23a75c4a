/** Columns of strings that hold JSON; the twin of src/codegen/keys/read-json.ts. */

import { isUtf8 } from 'node:buffer';
import { MAX_JSON_DEPTH } from '../../codegen/keys/json-lua.js';
import { FUNCTIONS } from '../../expr/runtime/index.js';
import type { Physical } from '../../expr/typed.js';
import type { KeyColumn, TimeUnit } from '../../plan/keys/source.js';
import { decimalScale, integerBounds, MAX_INTEGER } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';
import { parseText, timeOf } from './parse-text.js';

/** Any value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * The columns of a text, one value each: null where the path leads nowhere or to null, undefined where what it leads to is not of the column's
 * type. Undefined for text that is no JSON.
 */
export function parseJson(
  columns: readonly KeyColumn[],
): (text: Buffer) => readonly (Physical | undefined)[] | undefined {
  const readers = columns.map(({ type, from }): ((document: Json) => Physical | undefined) => {
    if (from.of !== 'path') throw new RangeError(`a value of JSON that comes from a ${from.of}`);
    const read = reader(type, from.unit);
    return (document) => {
      const found = follow(document, from.path);
      return found === undefined || found === null ? null : read(found);
    };
  });
  return (text) => {
    const document = parseDocument(text);
    return document === undefined ? undefined : readers.map((read) => read(document));
  };
}

/** Strictly by RFC 8259, without halves of surrogate pairs, and no deeper than the servers read; undefined for what is no JSON. */
export function parseDocument(bytes: Buffer): Json | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  if (/\\u[dD][89a-fA-F]/.test(text) && hasLoneSurrogate(text)) return undefined;
  if (bytes.length > MAX_JSON_DEPTH && isTooDeep(bytes)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Escapes one after the other: whole pairs, then what is half of one. */
const ESCAPES = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F])|.)/gs;

function hasLoneSurrogate(text: string): boolean {
  for (const [, half] of text.matchAll(ESCAPES)) if (half !== undefined) return true;
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 91, 93, 123, 125];

/** Whether brackets nest deeper than the servers read, strings left out. Byte by byte: texts may have many MiB. */
function isTooDeep(bytes: Buffer): boolean {
  let open = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      open += 1;
      if (open > MAX_JSON_DEPTH) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      open -= 1;
    }
  }
  return false;
}

/** Names lead into objects and places into arrays; anything else leads nowhere. */
function follow(document: Json, path: readonly (string | number)[]): Json | undefined {
  let at: Json | undefined = document;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (Array.isArray(at)) at = typeof step === 'number' ? (at as readonly Json[])[step] : undefined;
    else at = typeof step === 'string' && Object.hasOwn(at, step) ? (at as Record<string, Json>)[step] : undefined;
  }
  return at;
}

function reader(type: ColumnType, unit: TimeUnit | undefined): (value: Json) => Physical | undefined {
  if (type === 'bool') return (value) => (typeof value === 'boolean' ? Number(value) : undefined);
  const number = numberReader(type, unit);
  if (number !== undefined) return (value) => (typeof value === 'number' ? (number(value) ?? undefined) : undefined);
  const read = parseText(type);
  return (value) => (typeof value === 'string' ? read(bytesOf(value)) : undefined);
}

/** How numbers become a column's values, null where they do not fit; undefined for columns that take none. */
function numberReader(type: ColumnType, unit: TimeUnit | undefined): ((x: number) => number | null) | undefined {
  switch (type) {
    case 'float64':
      return (x) => x;
    case 'float32':
      return Math.fround;
    case 'timestamp':
    case 'date':
      return unit && ((x) => timeOf(wholeOf(x, unit === 's' ? 3 : 0), type));
    case 'bool':
    case 'utf8':
      return undefined;
    default: {
      const [least, most] = integerBounds(type) as readonly [number, number];
      return (x) => {
        const whole = wholeOf(x, decimalScale(type) ?? 0);
        return whole === null || whole < least || whole > most ? null : whole;
      };
    }
  }
}

/** As its shortest decimal text is read; null at 2^53 and beyond, where doubles skip whole numbers. */
function wholeOf(x: number, places: number): number | null {
  if (!Number.isFinite(x)) return null;
  const whole = FUNCTIONS.f_textWhole(FUNCTIONS.f_floatText(x), places);
  return whole === null || Math.abs(whole) >= MAX_INTEGER ? null : whole;
}

/** Text as its UTF-8, one char a byte. */
function bytesOf(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Values that a file holds as text, read as a type that the user asked for. Exact, or an error naming row and column. */
import { asType, integerBounds, invalidValue, toPhysical, type ValuePlace } from '../schema.js';
import type { ColumnType } from '../types.js';

const INTEGER = /^[+-]?\d+(?:\.0*)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
};
// All that DuckDB's detection takes for BOOLEAN (true, t, yes and their opposites) has to be among them, or an inferred type is refused.
const TRUE = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);

/** The physical value of a text: integers, floats (`nan`, `inf` too), true/t/yes/y/1 and their opposites, ISO dates and times, decimals. */
export function parseText(type: ColumnType, text: string, place: ValuePlace): number | string {
  const trimmed = type === 'utf8' ? text : text.trim();
  switch (type) {
    case 'float64':
    case 'float32':
      return physical(type, parseFloatText(trimmed) ?? fail(type, text, place, 'not a number'), place);
    case 'int32':
    case 'int64':
      if (!INTEGER.test(trimmed)) throw fail(type, text, place, 'not an integer', floatHint(trimmed, place));
      return integer(type, BigInt(trimmed.replace(/\..*$/, '').replace(/^\+/, '')), text, place);
    case 'bool': {
      const word = trimmed.toLowerCase();
      if (!TRUE.has(word) && !FALSE.has(word)) throw fail(type, text, place, 'neither true nor false');
      return TRUE.has(word) ? 1 : 0;
    }
    default:
      return physical(type, trimmed, place);
  }
}

function integer(type: ColumnType, value: bigint, text: string, place: ValuePlace): number {
  const [low, high] = integerBounds(type) ?? [0, 0];
  // Not left to the rules of a program's bigints, whose hints are for programs.
  if (value < low || value > high) throw fail(type, text, place, 'beyond its range');
  return Number(value) + 0;
}

function parseFloatText(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const special = SPECIAL[text.replace(/^[+-]/, '').toLowerCase()];
  return special === undefined ? undefined : text.startsWith('-') ? -special : special;
}

function physical(type: ColumnType, value: unknown, place: ValuePlace): number | string {
  if (value instanceof Error) throw value;
  const result = toPhysical(type, value, place);
  if (result === null) throw fail(type, String(value), place, 'no value');
  return result;
}

function floatHint(text: string, place: ValuePlace): string | undefined {
  return NUMBER.test(text) ? `mend the row, or ${asType(place.column, 'float64')}` : undefined;
}

function fail(type: ColumnType, text: string, place: ValuePlace, reason: string, hint?: string) {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return invalidValue(type, shown, place, reason, hint);
}

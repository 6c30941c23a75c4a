/** Text of keys as values of a column's type; the twin of src/codegen/keys/read-text.ts, by the functions of casts from text. */

import { FUNCTIONS } from '../../expr/runtime/index.js';
import type { Physical } from '../../expr/typed.js';
import type { TimeUnit } from '../../plan/keys/source.js';
import { decimalScale, integerBounds } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';

/** What text stands for, its bytes one char each; undefined where it is no text of the type. */
export type TextParser = (text: string) => Physical | undefined;

const DAY_MS = 86_400_000;

/** The rule is TRY_CAST's. @param unit of times that are written as numbers: seconds (rounded to milliseconds) or milliseconds */
export function parseText(type: ColumnType, unit?: TimeUnit): TextParser {
  const read = unit === undefined ? cast(type) : epoch(type, unit);
  return (text) => read(text) ?? undefined;
}

function cast(type: ColumnType): (text: string) => Physical {
  const { f_textWhole, f_textFloat, f_textFloat32, f_textInt32, f_textBool, f_textDate, f_textTimestamp } = FUNCTIONS;
  const scale = decimalScale(type) ?? 0;
  const readers: Partial<Record<ColumnType, (text: string) => Physical>> = {
    float64: f_textFloat,
    float32: f_textFloat32,
    int32: f_textInt32,
    bool: f_textBool,
    date: f_textDate,
    timestamp: f_textTimestamp,
    utf8: (text) => text,
  };
  return readers[type] ?? ((text) => f_textWhole(text, scale));
}

function epoch(type: ColumnType, unit: TimeUnit): (text: string) => Physical {
  return (text) => timeOf(FUNCTIONS.f_textWhole(text, unit === 's' ? 3 : 0), type);
}

/** Milliseconds as a timestamp or a date; null beyond their range. */
export function timeOf(ms: number | null, type: ColumnType): number | null {
  const [least, most] = integerBounds('timestamp') as readonly [number, number];
  if (ms === null || ms < least || ms > most) return null;
  return type === 'date' ? Math.floor(ms / DAY_MS) : ms;
}

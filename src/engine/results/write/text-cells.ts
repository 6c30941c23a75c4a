/** Values as text: numbers with all their digits, times and dates as ISO 8601 in UTC, decimals exactly. */

import type { Physical } from '../../../expr/typed.js';
import { fromPhysical } from '../../../storage/schema.js';
import type { ColumnType } from '../../../storage/types.js';
import { textOf } from '../values.js';

type Present = Exclude<Physical, null>;

/** The text of the values of a type that are not null. */
export function cellText(type: ColumnType): (value: Present) => string {
  switch (type) {
    case 'utf8':
      return (value) => textOf(value as string);
    case 'float64':
    case 'float32':
      return (value) => (Object.is(value, -0) ? '-0.0' : String(value));
    case 'bool':
      return (value) => (value === 0 ? 'false' : 'true');
    case 'timestamp':
      return (value) => new Date(value as number).toISOString();
    case 'date':
      return (value) => dateText(value as number);
    default:
      return (value) => String(fromPhysical(type, value));
  }
}

/** `2026-01-05`; years beyond 9999 or before 0 with six digits and a sign. */
function dateText(days: number): string {
  const text = new Date(days * 86_400_000).toISOString();
  return text.slice(0, text.indexOf('T'));
}

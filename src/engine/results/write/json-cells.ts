/** Values as JSON: numbers with all their digits, decimals as texts, times and dates as ISO texts, lists as arrays, bins as objects. */

import { type Bin, isListType, type ResultType, type ResultValue } from '../../../aggregates/index.js';
import type { Physical } from '../../../expr/typed.js';
import type { ColumnType } from '../../../storage/types.js';
import { cellText } from './text-cells.js';

type Present = Exclude<ResultValue, null>;

/** JSON of the values of a type that are not null. NaN and infinities, which JSON does not know, are texts. */
export function jsonText(type: ResultType): (value: Present) => string {
  if (type === 'list(bin)') return (bins) => listText(bins as readonly Bin[], binText);
  if (isListType(type)) {
    const item = jsonText(type.slice('list('.length, -1) as ColumnType);
    return (values) => listText(values as readonly Physical[], (value) => (value === null ? 'null' : item(value)));
  }
  const plain = cellText(type);
  const text = (value: Present): string => plain(value as string | number);
  switch (type) {
    case 'utf8':
    case 'timestamp':
    case 'date':
      return (value) => JSON.stringify(text(value));
    case 'float64':
    case 'float32':
      return (value) => floatText(value as number);
    case 'int32':
    case 'int64':
    case 'bool':
      return text;
    default:
      // Decimals: most readers take a number for a double, whose last digits are not always these.
      return (value) => `"${text(value)}"`;
  }
}

const floatOf = cellText('float64');
const floatText = (value: number): string => (Number.isFinite(value) ? floatOf(value) : `"${value}"`);

const binText = ({ low, high, count }: Bin): string =>
  `{"low":${floatText(low)},"high":${floatText(high)},"count":${count}}`;

function listText<Item>(items: readonly Item[], text: (item: Item) => string): string {
  return `[${items.map(text).join(',')}]`;
}

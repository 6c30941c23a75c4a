/** One value of an Arrow column as exact text. */
import { type ArrowData, ID } from './arrow-facts.js';
import { textAt } from './arrow-strings.js';

/** Integers in full, floats at their shortest, decimals and ISO times to the last digit. */
export function arrowText(data: ArrowData, index: number): string {
  const { facts } = data;
  switch (facts.typeId) {
    case ID.int:
      return String((data.values as Int32Array | BigInt64Array)[index]);
    case ID.utf8:
    case ID.largeUtf8:
    case ID.utf8View:
      return textAt(data)(index);
    case ID.decimal:
      return withPoint(bigIntAt(data.values as Uint32Array, index), facts.scale ?? 0);
    case ID.date: {
      const value = Number((data.values as Int32Array | BigInt64Array)[index]);
      return isoDate(facts.unit === 0 ? value * 86_400_000 : value).replace(/T00:00:00\.000Z$/, '');
    }
    case ID.timestamp:
      return isoTime((data.values as BigInt64Array)[index] as bigint, 3 * (facts.unit ?? 1));
    default:
      return String(data.get(index));
  }
}

function bigIntAt(words: Uint32Array, index: number): bigint {
  let value = 0n;
  for (let k = 3; k >= 0; k--) value = (value << 32n) | BigInt(words[4 * index + k] as number);
  return BigInt.asIntN(128, value);
}

function withPoint(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

/** @param digits of the fraction of a second: 0, 3, 6 or 9 */
function isoTime(ticks: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const rest = ((ticks % perSecond) + perSecond) % perSecond;
  const seconds = Number((ticks - rest) / perSecond);
  const fraction = digits === 0 ? '' : `.${String(rest).padStart(digits, '0')}`;
  return isoDate(seconds * 1000).replace(/\.000Z$/, `${fraction}Z`);
}

function isoDate(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms since 1970`;
}

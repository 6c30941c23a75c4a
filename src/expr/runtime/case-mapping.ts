/** Upper and lower case by one table on both sides; the runtimes of neither language agree with DuckDB, nor each other. */

import { TO_LOWER, TO_UPPER } from './case-table.js';

type Mapping = (char: string) => string;

/** Maps a character of two bytes or more. */
function mapping(table: string): Mapping {
  const known = new Map<string, string>();
  for (const [, first, step, last, sign, distance] of table.matchAll(/(\w+)(?:([-/])(\w+))?([<>])(\w+)/g)) {
    const move = Number.parseInt(distance as string, 36) * (sign === '<' ? -1 : 1);
    const from = Number.parseInt(first as string, 36);
    const to = Number.parseInt(last ?? (first as string), 36);
    for (let point = from; point <= to; point += step === '/' ? 2 : 1) known.set(bytes(point), bytes(point + move));
  }
  return (char) => known.get(char) ?? char;
}

const bytes = (point: number): string => Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1');

/** ASCII is mapped by `ascii`, the rest by a table that is read when it is first needed. */
function caseMap(table: string, ascii: (text: string) => string): (text: string) => string {
  let map: Mapping | undefined;
  return (text) => {
    const half = text.replace(/[A-Za-z]+/g, ascii);
    return half.replace(/[\xc2-\xf4][\x80-\xbf]+/g, (char) => {
      map ??= mapping(table);
      return map(char);
    });
  };
}

export const CASE = {
  f_lower: caseMap(TO_LOWER, (text) => text.toLowerCase()),
  f_upper: caseMap(TO_UPPER, (text) => text.toUpperCase()),
} as const;

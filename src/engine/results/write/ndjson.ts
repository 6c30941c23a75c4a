/**
 * NDJSON: an object a line, with every column in it. Numbers are JSON numbers with all their digits (decimals too), times and dates
 * ISO texts, null is null. JSON knows no NaN and no infinities: they are the texts "NaN", "Infinity" and "-Infinity".
 */

import { isListType, type ResultType, type ResultValue } from '../../../aggregates/index.js';
import type { Output } from '../source.js';
import { collectedOf } from '../values.js';
import { pieces } from './csv.js';
import type { Encoder } from './format.js';
import { cellText } from './text-cells.js';

export function ndjsonEncoder(outputs: readonly Output[]): Encoder {
  const cells = outputs.map(({ type }) => jsonText(type));
  const keys = outputs.map(({ name }, k) => `${k === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return {
    rows: 1,
    begin: () => [],
    *add(columns) {
      yield* pieces(columns, (row) => {
        let line = '';
        for (const [k, cell] of cells.entries()) {
          const value = (columns[k] as readonly ResultValue[])[row] as ResultValue;
          line += keys[k] + (value === null ? 'null' : cell(value));
        }
        return `${line}}\n`;
      });
    },
    end: () => [],
  };
}

type Present = Exclude<ResultValue, null>;

function jsonText(type: ResultType): (value: Present) => string {
  if (isListType(type)) return (value) => JSON.stringify(collectedOf(type, value));
  const plain = cellText(type);
  const text = (value: Present): string => plain(value as string | number);
  switch (type) {
    case 'utf8':
    case 'timestamp':
    case 'date':
      return (value) => JSON.stringify(text(value));
    case 'float64':
    case 'float32':
      return (value) => (Number.isFinite(value) ? text(value) : `"${value}"`);
    default:
      return text;
  }
}

/**
 * NDJSON: an object a line, with every column in it. Numbers are JSON numbers with all their digits (decimals too), times and dates
 * ISO texts, null is null. JSON knows no NaN and no infinities: they are the texts "NaN", "Infinity" and "-Infinity".
 */

import type { Physical } from '../../../expr/typed.js';
import type { ColumnType } from '../../../storage/types.js';
import type { Output } from '../source.js';
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
          const value = (columns[k] as readonly Physical[])[row] as Physical;
          line += keys[k] + (value === null ? 'null' : cell(value));
        }
        return `${line}}\n`;
      });
    },
    end: () => [],
  };
}

function jsonText(type: ColumnType): (value: string | number) => string {
  const text = cellText(type);
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

/**
 * NDJSON: an object a line, with every column in it. Numbers are JSON numbers with all their digits, decimals texts (as in
 * `collect()`), times and dates ISO texts, null is null. JSON knows no NaN and no infinities: they are the texts "NaN", "Infinity" and "-Infinity".
 */

import type { ResultValue } from '../../../aggregates/index.js';
import type { Output } from '../source.js';
import { pieces } from './csv.js';
import type { Encoder } from './format.js';
import { jsonText } from './json-cells.js';

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

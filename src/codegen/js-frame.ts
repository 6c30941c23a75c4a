/** What generated JavaScript shares: constants and columns bound to the names that the printed rows use. */

import { AGGREGATE_NAMES } from './aggregate-js.js';
import type { Constants } from './constants.js';
import { hasBitmap, isDictionary, type KernelColumn } from './shape.js';

/** Binds the runtime, the columns and the constants; the function's parameters are `input` and, outside, `runtime`. */
export function prologue(columns: readonly KernelColumn[], constants: Constants): string[] {
  const lines = [
    'const { int32, int64, strlt, fmod, floor, fold, locate, NumberTable, INF, NONE, NULL } = runtime;',
    `const { ${AGGREGATE_NAMES} } = runtime;`,
    'const n = input.rows;',
  ];
  for (const { slot, encoding } of columns) {
    const names = `values: s${slot}, bits: v${slot}, text: text${slot}, base: b${slot}, step: m${slot}, entries: entries${slot}`;
    lines.push(`const { ${names} } = input.columns[${slot}];`);
    if (isDictionary(encoding)) lines.push(`const entry${slot} = text${slot};`);
  }
  if (constants.functions.size > 0) lines.push(`const { ${[...constants.functions].join(', ')} } = runtime;`);
  for (const memo of constants.memos) lines.push(`const ${memo} = [];`);
  constants.numbers.forEach((_, i) => void lines.push(`const k${i + 1} = input.numbers[${i}];`));
  constants.strings.forEach((_, i) => void lines.push(`const z${i + 1} = input.strings[${i}];`));
  constants.thresholds.forEach(({ name }, i) => {
    lines.push(`const [${name}b, ${name}t, ${name}e] = input.thresholds.slice(${3 * i}, ${3 * i + 3});`);
  });
  for (const { name, slot, string } of constants.locations) {
    lines.push(`const [${name}b, ${name}t, ${name}e] = locate(entry${slot}, entries${slot}, z${string + 1});`);
  }
  constants.sets.forEach(({ name, slot }, i) => {
    const values = `input.sets[${i}]`;
    const codes = `${values}.map((text) => locate(entry${slot}, entries${slot}, text)[2])`;
    lines.push(`const ${name} = new Set(${slot === undefined ? values : codes});`);
  });
  return lines;
}

/** Binds the values of row r. */
export function readRow(columns: readonly KernelColumn[]): string[] {
  return columns.flatMap((column) => {
    const { slot, encoding } = column;
    const lines = [encoding === 'plain' ? `const x${slot} = text${slot}(r);` : `const c${slot} = s${slot}[r];`];
    if (hasBitmap(column)) {
      lines.push(`const p${slot} = (v${slot}[r >> 3] >> (r & 7) & 1) === 1;`);
    }
    return lines;
  });
}

/** Strings of packed numbers in Lua: one row a number, many decoded at once. */

import type { PackedType } from '../../plan/keys/source.js';
import { attributeLocals } from './attributes.js';
import { countUnreadable, given } from './column-locals.js';
import { COUNT_KEY, REPORT_LARGE, type ReaderContext, type Wrap } from './reader-parts.js';
import { FIRST_SLICE, SLICES_LUA } from './slices-lua.js';

/** How `struct` writes them, and their bytes. */
export const PACKED = {
  float64: { format: 'd', width: 8 },
  float32: { format: 'f', width: 4 },
  int32: { format: 'i4', width: 4 },
  uint8: { format: 'B', width: 1 },
  uint16: { format: 'H', width: 2 },
} as const satisfies Record<PackedType, { readonly format: string; readonly width: number }>;

/** Numbers decoded at once, into a table: a call costs as much as several numbers do. */
const BLOCK = 128;

export function readPacked({ source, columns, parts }: ReaderContext): Wrap {
  const { format, width } = PACKED[source.packed ?? 'float64'];
  const elements = columns.filter(({ from }) => from.of === 'element');
  const places = columns.filter(({ from }) => from.of === 'index');
  // A string of a wrong length is counted, whether or not its numbers are read.
  const element = source.columns.findIndex(({ from }) => from.of === 'element');
  parts.use([FIRST_SLICE, SLICES_LUA.packed]);
  const whole = `local key_block = '<' .. rep('${format}', ${BLOCK})`;
  if (elements.length > 0) parts.use([whole]);
  const attributes = attributeLocals(columns, "'string'");
  return (row) =>
    [
      "do local key_n = key_pcall('STRLEN', key)",
      "if type(key_n) == 'table' then other_type = other_type + key_other(key_n)",
      "elseif key_n > 0 or key_is(key, 'string') then",
      `key_n = key_n / ${width}`,
      `if key_n ~= floor(key_n) then if key_first then ${COUNT_KEY} ${countUnreadable(element)} end`,
      `elseif key_n > max_members and walk.mode ~= 3 then ${REPORT_LARGE}`,
      `else if key_first then ${COUNT_KEY} end`,
      `local key_from, key_end = 0, key_n if walk.mode == 3 then key_from, key_end = key_slice(key, key_n, ${width}) end`,
      'if key_from < key_end then rows_read = rows_read + key_end - key_from',
      ...attributes,
      ...(elements.length > 0
        ? [`local key_s = call('GETRANGE', key, key_from * ${width}, key_end * ${width} - 1)`]
        : []),
      `for key_b = key_from, key_end - 1, ${BLOCK} do`,
      `local key_count = key_end - key_b if key_count > ${BLOCK} then key_count = ${BLOCK} end`,
      ...(elements.length > 0
        ? [
            `local key_w = { unpack_one(key_count == ${BLOCK} and key_block or '<' .. rep('${format}', key_count), key_s, (key_b - key_from) * ${width} + 1) }`,
          ]
        : []),
      'for key_i = 1, key_count do',
      ...elements.map(({ column }) => given(column, 'key_w[key_i]')),
      ...places.map(({ column }) => given(column, 'key_b + key_i - 1')),
      row,
      'end end end end end end',
    ].join('\n');
}

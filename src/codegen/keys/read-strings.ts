/** Keys of one value each, in Lua: strings; and keys of any type of which nothing but their attributes is read. */

import { attributeLocals } from './attributes.js';
import { absent, assignText } from './column-locals.js';
import { textRule } from './read-text.js';
import { COUNT_OTHER, COUNT_ROW, type ReaderContext, type Wrap } from './reader-parts.js';

export function readStrings(context: ReaderContext): Wrap {
  const { columns, parts } = context;
  const values = columns.flatMap(({ column, from }): string[] => {
    if (from.of !== 'value') return [];
    const rule = textRule(column.type, from.unit);
    parts.use(rule.setup);
    return [absent(column), `key_v = key_r ${assignText(column, rule, 'key_v')}`];
  });
  return wrapString(context, values);
}

/** @param values statements that read what depends on the string, `key_r`; none where it need not be fetched */
export function wrapString({ columns }: ReaderContext, values: readonly string[]): Wrap {
  const attributes = attributeLocals(columns, "'string'");
  if (values.length === 0) {
    return (row) =>
      [
        "do local key_t = call('TYPE', key).ok",
        `if key_t == 'string' then ${COUNT_ROW}`,
        ...attributes,
        row,
        `elseif key_t ~= 'none' then ${COUNT_OTHER} end end`,
      ].join('\n');
  }
  return (row) =>
    [
      "do local key_r = key_pcall('GET', key)",
      `if type(key_r) == 'string' then ${COUNT_ROW}`,
      'local key_v',
      ...attributes,
      ...values,
      row,
      'elseif key_r then other_type = other_type + key_other(key_r) end end',
    ].join('\n');
}

export function readAny({ columns }: ReaderContext): Wrap {
  const typed = columns.some(({ from }) => from.of === 'type');
  const test = typed
    ? "do local key_t = call('TYPE', key).ok if key_t ~= 'none' then"
    : "do if call('EXISTS', key) == 1 then";
  return (row) => [`${test} ${COUNT_ROW}`, ...attributeLocals(columns, 'key_t'), row, 'end end'].join('\n');
}

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

/** Bytes of a string that a call reads: more would hold the server for several milliseconds. */
const MOST_BYTES = 2 ** 20;

/** Reads one byte more than may be there, which costs nothing beside asking for the length. */
const tooLarge = (most: number, what: string): string => `local function key_too_large(key)
  error({ err = 'VALUE_TOO_LARGE key ' .. string.gsub(key, '[^!-~]', '?') .. ' holds ' .. call('STRLEN', key) .. ' bytes: at most ${most} ${what}' })
end`;

interface StringLimit {
  readonly most: number;
  /** What becomes of more, for the message. */
  readonly what: string;
}

const WHOLE_STRING: StringLimit = { most: MOST_BYTES, what: 'are read; leave it out by a narrower pattern' };

/** @param values statements that read what depends on the string, `key_r`; none where it need not be fetched */
export function wrapString(
  { columns, parts }: ReaderContext,
  values: readonly string[],
  { most, what }: StringLimit = WHOLE_STRING,
): Wrap {
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
  parts.use([tooLarge(most, what)]);
  return (row) =>
    [
      `do local key_r = key_pcall('GETRANGE', key, 0, ${most})`,
      // Of a key that is gone there are no bytes.
      "if key_r == '' and call('EXISTS', key) == 0 then key_r = false end",
      `if type(key_r) == 'string' then if #key_r > ${most} then key_too_large(key) end key_stride = key_stride - floor(#key_r / 1024) ${COUNT_ROW}`,
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

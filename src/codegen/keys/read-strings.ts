/** Keys of one value each, in Lua: strings; and keys of any type of which nothing but their attributes is read. */

import { attributeLocals } from './attributes.js';
import { absent, assignText } from './column-locals.js';
import { textRule } from './read-text.js';
import { COUNT_OTHER, COUNT_ROW, REPORT_LARGE, type ReaderContext, type Wrap } from './reader-parts.js';

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

/** How many bytes of a string are read where it lies. */
export interface StringLimits {
  /** Those of more are reported, and read slice by slice (`READ_VALUE`). Reading as many takes about a millisecond at most. */
  readonly reported: number;
  /** Where they must be read there: more is an error. */
  readonly refused: number;
  /** What is done with as many there, for the message. */
  readonly what: string;
}

/** GETRANGE in Lua takes some 1.4 µs a KiB, and a row that travels is copied a few times more. */
const TEXTS: StringLimits = { reported: 2 ** 18, refused: 2 ** 20, what: 'are read' };

const tooLarge = ({ refused, what }: StringLimits): string => `local function key_too_large(key)
  error({ err = 'VALUE_TOO_LARGE key ' .. string.gsub(key, '[^!-~]', '?') .. ' holds ' .. call('STRLEN', key) .. ' bytes: at most ${refused} ${what} where keys are written; leave it out by a narrower pattern, or ask for such keys first and write to each by its name' })
end`;

/** @param values statements that read what depends on the string, `key_r`; none where it need not be fetched */
export function wrapString(
  { columns, parts, mustRead }: ReaderContext,
  values: readonly string[],
  limits: StringLimits = TEXTS,
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
  if (mustRead) parts.use([tooLarge(limits)]);
  const most = mustRead ? limits.refused : limits.reported;
  const large = mustRead ? 'key_too_large(key)' : `local key_n = call('STRLEN', key) ${REPORT_LARGE}`;
  return (row) =>
    [
      // One byte more than may be there costs nothing beside asking for the length.
      `do local key_r = key_pcall('GETRANGE', key, 0, ${most})`,
      // Of a key that is gone there are no bytes.
      "if key_r == '' and call('EXISTS', key) == 0 then key_r = false end",
      `if type(key_r) == 'string' then key_stride = key_stride - floor(#key_r / 1024)`,
      `if #key_r > ${most} then ${large} else ${COUNT_ROW}`,
      'local key_v',
      ...attributes,
      ...values,
      row,
      'end elseif key_r then other_type = other_type + key_other(key_r) end end',
    ].join('\n');
}

export function readAny({ columns }: ReaderContext): Wrap {
  const typed = columns.some(({ from }) => from.of === 'type');
  const test = typed
    ? "do local key_t = call('TYPE', key).ok if key_t ~= 'none' then"
    : "do if call('EXISTS', key) == 1 then";
  return (row) => [`${test} ${COUNT_ROW}`, ...attributeLocals(columns, 'key_t'), row, 'end end'].join('\n');
}

/** Strings that hold JSON, in Lua: one row a key. */

import type { TimeUnit } from '../../plan/keys/source.js';
import { decimalScale } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';
import type { KernelColumn } from '../shape.js';
import { absent, assign, assignText, countUnreadable, unreadable } from './column-locals.js';
import { JSON_LUA, WHOLE_LUA } from './json-lua.js';
import { type StringLimits, wrapString } from './read-strings.js';
import { DAY_OF, textRule } from './read-text.js';
import type { ReaderContext, ReaderParts, Wrap } from './reader-parts.js';

/** A value of JSON that is of type `is` becomes `value`, or false where it does not fit the column. */
interface NumberRule {
  readonly setup: readonly string[];
  readonly value: string;
}

const whole = (places: number): string => `key_whole(key_v, ${10 ** places}, ${places})`;
const ranged = (value: string, least: number, most: number): string => `key_within(${value}, ${least}, ${most})`;
const FLOAT32 = "local function key_float32(x) return (unpack_one('<f', pack('<f', x))) end";
const WITHIN = 'local function key_within(x, least, most) return x and x >= least and x <= most and x end';
const WHOLE_NUMBERS = [WHOLE_LUA, WITHIN];

/** How numbers become a column's values; undefined where they do not. */
function numberRule(type: ColumnType, unit: TimeUnit | undefined): NumberRule | undefined {
  const ms = ranged(whole(unit === 's' ? 3 : 0), -8.64e15, 8.64e15);
  switch (type) {
    case 'float64':
      return { setup: [], value: 'key_v' };
    case 'float32':
      return { setup: [FLOAT32], value: 'key_float32(key_v)' };
    case 'int32':
      return { setup: WHOLE_NUMBERS, value: ranged(whole(0), -(2 ** 31), 2 ** 31 - 1) };
    case 'int64':
      return { setup: WHOLE_NUMBERS, value: whole(0) };
    case 'timestamp':
      return unit && { setup: WHOLE_NUMBERS, value: ms };
    case 'date':
      return unit && { setup: [...WHOLE_NUMBERS, DAY_OF], value: `key_day_of(${ms})` };
    case 'bool':
    case 'utf8':
      return undefined;
    default:
      return { setup: WHOLE_NUMBERS, value: whole(decimalScale(type) ?? 0) };
  }
}

/** A KiB takes 10 to 60 µs, by what stands in it: of more than these the decoding would hold a shard for more than a millisecond. */
const DOCUMENTS: StringLimits = { reported: 2 ** 14, refused: 2 ** 16, what: 'of JSON are decoded' };

export function readJson(context: ReaderContext): Wrap {
  const { columns, parts } = context;
  const read = columns.flatMap(({ column, from }) => (from.of === 'path' ? [{ column, from }] : []));
  const first = read[0];
  if (first === undefined) return wrapString(context, []);
  parts.use(JSON_LUA);
  const statements = [
    'local key_ok, key_doc = key_json(key_r)',
    'local key_missing = false',
    `if not key_ok then key_doc, key_missing = key_null, nil ${countUnreadable(first.column.index)} end`,
    ...read.flatMap(({ column, from }) => [
      absent(column, 'key_missing'),
      walk(from.path, parts),
      `if key_v ~= nil and key_v ~= key_null then ${assignJson(column, from.unit, parts)} end`,
    ]),
  ];
  return wrapString(context, statements, DOCUMENTS);
}

/** Follows a path from the document; nil where it leads nowhere. Of strings it is not asked: theirs are the functions of text. */
function walk(path: readonly (string | number)[], parts: ReaderParts): string {
  const steps = path.map((step) => {
    const place = typeof step === 'number' ? String(step + 1) : parts.text(step);
    return `if type(key_v) == 'table' then key_v = key_v[${place}] else key_v = nil end`;
  });
  return ['key_v = key_doc', ...steps].join(' ');
}

/** Reads a value that is there into a column. */
function assignJson(column: KernelColumn, unit: TimeUnit | undefined, parts: ReaderParts): string {
  const { type } = column;
  if (type === 'bool') {
    return `if key_v == true then ${assign(column, '1')} elseif key_v == false then ${assign(column, '0')} else ${unreadable(column)} end`;
  }
  const number = numberRule(type, unit);
  if (number !== undefined) {
    parts.use(number.setup);
    return `key_v = type(key_v) == 'number' and ${number.value} if key_v then ${assign(column, 'key_v')} else ${unreadable(column)} end`;
  }
  const rule = textRule(type);
  parts.use(rule.setup);
  return `if type(key_v) == 'string' then ${assignText(column, rule, 'key_v')} else ${unreadable(column)} end`;
}

/**
 * Members of sets, elements of lists, in Lua: several rows a key. A key with more of them than `max_members` is
 * reported instead, and read in slices by calls of its own.
 */

import { attributeLocals, type ReadColumn } from './attributes.js';
import { absent, assignText, given } from './column-locals.js';
import { textRule } from './read-text.js';
import { COUNT_KEY, REPORT_LARGE, type ReaderContext, type ReaderParts, type Wrap } from './reader-parts.js';
import { FIRST_SLICE, SLICES_LUA } from './slices-lua.js';

interface Members {
  /** The command that counts them, and the one that reads those from `key_from` up to `key_end` (exclusive) into a table. */
  readonly count: string;
  readonly read: string;
}

const KINDS: Readonly<Record<'list' | 'set', Members>> = {
  list: { count: 'LLEN', read: "call('LRANGE', key, key_from, key_end - 1)" },
  set: { count: 'SCARD', read: "call('SMEMBERS', key)" },
};

export function readMembers({ source, columns, parts }: ReaderContext): Wrap {
  const kind = source.kind as keyof typeof KINDS;
  const { count, read } = KINDS[kind];
  parts.use([FIRST_SLICE, SLICES_LUA[kind]]);
  const members = columns.filter(({ from }) => from.of === 'member' || from.of === 'element');
  const places = columns.filter(({ from }) => from.of === 'index');
  const each = [
    ...members.flatMap((member) => memberLocals(member, 'key_i', parts)),
    ...places.map(({ column }) => given(column, 'key_from + key_i - 1')),
  ];
  const attributes = attributeLocals(columns, `'${kind}'`);
  const fetch = members.length > 0 ? `key_r = ${read}` : '';
  const slice =
    kind === 'set'
      ? `if walk.mode == 3 then key_r = key_given(key, key_n) key_end = #key_r else ${fetch} end`
      : `if walk.mode == 3 then key_from, key_end = key_slice(key, key_n) end`;
  return (row) =>
    [
      `do local key_n = key_pcall('${count}', key)`,
      "if type(key_n) == 'table' then other_type = other_type + key_other(key_n)",
      `elseif key_n > max_members and walk.mode ~= 3 then ${REPORT_LARGE}`,
      `elseif key_n > 0 then if key_first then ${COUNT_KEY} end`,
      `local key_from, key_end, key_r, key_v = 0, key_n ${slice}`,
      'if key_from < key_end then rows_read = rows_read + key_end - key_from',
      ...attributes,
      ...(kind === 'set' ? [] : [fetch]),
      'for key_i = 1, key_end - key_from do',
      ...each,
      row,
      'end end end end',
    ].join('\n');
}

/** Scores are numbers as the server writes them, `inf` and `-inf` too, behind their members. @param place in the table `key_r` */
export function memberLocals({ column, from }: ReadColumn, place: string, parts: ReaderParts): string[] {
  if (from.of === 'score') return [given(column, 'key_r[key_j + 1] * 1')];
  const unit = from.of === 'member' || from.of === 'element' ? from.unit : undefined;
  const rule = textRule(column.type, unit);
  parts.use(rule.setup);
  return [absent(column), `key_v = key_r[${place}] ${assignText(column, rule, 'key_v')}`];
}

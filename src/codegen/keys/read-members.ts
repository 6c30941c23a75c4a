/**
 * Members of sorted sets and sets, elements of lists, in Lua: several rows a key. A key with more of them than `max_members` is
 * reported instead; its slices are read one by one, from `member_start` on, sets as a whole.
 */

import { attributeLocals, type ReadColumn } from './attributes.js';
import { absent, assignText, given } from './column-locals.js';
import { textRule } from './read-text.js';
import { FROM, REPORT_LARGE, type ReaderContext, type ReaderParts, type Wrap } from './reader-parts.js';

interface Members {
  readonly type: string;
  /** The command that counts them, and the one that reads those from `key_from` to `key_to` (inclusive) into a table. */
  readonly count: string;
  readonly read: string;
  /** Places in that table a member. */
  readonly step: number;
}

const KINDS: Readonly<Record<'zset' | 'list' | 'set', Members>> = {
  zset: {
    type: 'zset',
    count: 'ZCARD',
    read: "call('ZRANGE', key, key_from, key_to, 'WITHSCORES')",
    step: 2,
  },
  list: { type: 'list', count: 'LLEN', read: "call('LRANGE', key, key_from, key_to)", step: 1 },
  set: { type: 'set', count: 'SCARD', read: "call('SMEMBERS', key)", step: 1 },
};

export function readMembers({ source, columns, parts }: ReaderContext): Wrap {
  const { type, count, read, step } = KINDS[source.kind as keyof typeof KINDS];
  const members = columns.filter(({ from }) => from.of === 'member' || from.of === 'score' || from.of === 'element');
  const places = columns.filter(({ from }) => from.of === 'index');
  const each = [
    ...members.flatMap((member) => memberLocals(member, step === 2 ? 'key_j' : 'key_i', parts)),
    ...places.map(({ column }) => given(column, 'key_from + key_i - 1')),
  ];
  const attributes = attributeLocals(columns, `'${type}'`);
  const asked = 'member_start and key_from + member_count < key_n and key_from + member_count or key_n';
  const whole = source.kind === 'set' ? 'key_from == 0 and key_n or 0' : asked;
  return (row) =>
    [
      `do local key_n = key_pcall('${count}', key)`,
      "if type(key_n) == 'table' then other_type = other_type + key_other(key_n)",
      `elseif key_n > max_members and not member_start then ${REPORT_LARGE}`,
      'elseif key_n > 0 then',
      FROM,
      `local key_end = ${whole}`,
      'if key_from < key_end then rows_read = rows_read + key_end - key_from',
      ...attributes,
      ...(members.length > 0 ? [`local key_to = key_end - 1 local key_r = ${read} local key_v`] : []),
      'for key_i = 1, key_end - key_from do',
      ...(members.length > 0 && step === 2 ? ['local key_j = key_i * 2 - 1'] : []),
      ...each,
      row,
      'end end end end',
    ].join('\n');
}

/** Scores are numbers as the server writes them, \`inf\` and \`-inf\` too. */
function memberLocals({ column, from }: ReadColumn, place: string, parts: ReaderParts): string[] {
  if (from.of === 'score') return [given(column, 'key_r[key_j + 1] * 1')];
  const unit = from.of === 'member' || from.of === 'element' ? from.unit : undefined;
  const rule = textRule(column.type, unit);
  parts.use(rule.setup);
  return [absent(column), `key_v = key_r[${place}] ${assignText(column, rule, 'key_v')}`];
}

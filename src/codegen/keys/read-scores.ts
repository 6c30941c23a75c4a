/**
 * Members of sorted sets, in Lua: several rows a key, or two that stand for all. Of a range of scores only its rows are read. A key with
 * more of them than `max_members` is reported instead, and read in slices by calls of its own.
 */

import { type ScoreRange, scoreText } from '../../plan/keys/score-range.js';
import { attributeLocals } from './attributes.js';
import { given } from './column-locals.js';
import { memberLocals } from './read-members.js';
import { COUNT_KEY, REPORT_LARGE, type ReaderContext, type ReaderParts, type Wrap } from './reader-parts.js';
import { SCORE_WEIGHT } from './score-reading.js';
import { FIRST_SLICE, SLICES_LUA } from './slices-lua.js';

export function readScores(context: ReaderContext): Wrap {
  const { parts, scores } = context;
  parts.use([FIRST_SLICE]);
  const ranks = scores?.range ? rankOf(scores.range, parts) : '0, key_n';
  const rows = scores?.byEnds ? ends(context) : members(context);
  return (row) =>
    [
      "do local key_n = key_pcall('ZCARD', key)",
      "if type(key_n) == 'table' then other_type = other_type + key_other(key_n)",
      `elseif key_n > 0 then local key_from, key_end = ${ranks}`,
      rows(row),
      'end end',
    ].join('\n');
}

/** First rank of a range of scores, and the one behind its last. */
function rankOf({ min, max, minOpen, maxOpen }: ScoreRange, parts: ReaderParts): string {
  const below = parts.text(`${minOpen ? '' : '('}${scoreText(min)}`);
  const upTo = parts.text(`${maxOpen ? '(' : ''}${scoreText(max)}`);
  return `call('ZCOUNT', key, '-inf', ${below}), call('ZCOUNT', key, '-inf', ${upTo})`;
}

function members({ columns, parts }: ReaderContext): Wrap {
  parts.use([SLICES_LUA.zset]);
  const read = columns.filter(({ from }) => from.of === 'member' || from.of === 'score');
  const each = read.flatMap((column) => memberLocals(column, 'key_j', parts));
  const fetch = "key_r = call('ZRANGE', key, key_from, key_end - 1, 'WITHSCORES')";
  return (row) =>
    [
      `if key_end - key_from > max_members and walk.mode ~= 3 then key_n = key_end - key_from ${REPORT_LARGE}`,
      `else if key_first then ${COUNT_KEY} end`,
      'if walk.mode == 3 then key_from, key_end = key_slice(key, key_from, key_end) end',
      'if key_from < key_end then rows_read = rows_read + key_end - key_from local key_r, key_v',
      ...attributeLocals(columns, "'zset'"),
      ...(read.length > 0 ? [fetch] : []),
      'for key_i = 1, key_end - key_from do',
      ...(read.length > 0 ? ['local key_j = key_i * 2 - 1'] : []),
      ...each,
      row,
      'end end end',
    ].join('\n');
}

/** The first row stands for all but the last, so that none is counted twice. */
function ends({ columns }: ReaderContext): Wrap {
  const scores = columns.filter(({ from }) => from.of === 'score');
  const each = scores.map(({ column }) =>
    given(
      column,
      "call('ZRANGE', key, key_i == 1 and key_from or key_end - 1, key_i == 1 and key_from or key_end - 1, 'WITHSCORES')[2] * 1",
    ),
  );
  const times = scores.length > 0 ? 'key_count > 1 and 2 or 1' : '1';
  const weight = scores.length > 0 ? 'key_i == 2 and 1 or key_count > 1 and key_count - 1 or 1' : 'key_count';
  return (row) =>
    [
      `${COUNT_KEY} local key_count = key_end - key_from`,
      'if key_count > 0 then rows_read = rows_read + key_count',
      ...attributeLocals(columns, "'zset'"),
      `for key_i = 1, ${times} do local ${SCORE_WEIGHT} = ${weight}`,
      ...each,
      row,
      'end end',
    ].join('\n');
}

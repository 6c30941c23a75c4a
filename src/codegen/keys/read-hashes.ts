/** Hashes in Lua: one row a key, and one HMGET of the fields that are read. */

import { attributeLocals } from './attributes.js';
import { absent, assignText } from './column-locals.js';
import { textRule } from './read-text.js';
import { COUNT_OTHER, COUNT_ROW, type ReaderContext, type Wrap } from './reader-parts.js';

/** Fields that are written out in the call; more of them are unpacked from their table. */
const WRITTEN_OUT = 40;
/** So few of them have locals of their own. */
const IN_LOCALS = 8;

export function readHashes({ columns, parts }: ReaderContext): Wrap {
  const fields: string[] = [];
  const place = (field: string): number => {
    const known = fields.indexOf(field);
    return known < 0 ? fields.push(field) : known + 1;
  };
  const values = columns.flatMap(({ column, from }): string[] => {
    if (from.of !== 'field') return [];
    const rule = textRule(column.type, from.unit);
    parts.use(rule.setup);
    const at = place(from.field);
    return [absent(column), `key_v = key_r[${at}] if key_v then ${assignText(column, rule, 'key_v')} end`];
  });
  const attributes = attributeLocals(columns, "'hash'");
  if (fields.length === 0) {
    return (row) =>
      [
        "do local key_t = call('TYPE', key).ok",
        `if key_t == 'hash' then ${COUNT_ROW}`,
        ...attributes,
        row,
        `elseif key_t ~= 'none' then ${COUNT_OTHER} end end`,
      ].join('\n');
  }
  const texts = fields.map((field) => parts.text(field));
  const names = fields.length <= IN_LOCALS ? fields.map((_, i) => `key_field${i + 1}`) : texts;
  if (names !== texts) parts.use([`local ${names.join(', ')} = ${texts.join(', ')}`]);
  const list = fields.length <= WRITTEN_OUT ? names.join(', ') : `unpack(key_args, 1, ${fields.length})`;
  const found = fields.length <= WRITTEN_OUT ? fields.map((_, i) => `key_r[${i + 1}]`).join(' or ') : 'key_any(key_r)';
  if (fields.length > WRITTEN_OUT)
    parts.use([
      `local function key_any(reply)
  for i = 1, ${fields.length} do if reply[i] then return true end end
end`,
    ]);
  return (row) =>
    [
      `do local key_r = key_pcall('HMGET', key, ${list})`,
      `if key_r.err then other_type = other_type + key_other(key_r)`,
      // A hash without any of the fields is a row of nulls; a key that has gone is none.
      `elseif ${found} or key_is(key, 'hash') then ${COUNT_ROW}`,
      'local key_v',
      ...attributes,
      ...values,
      row,
      'end end',
    ].join('\n');
}

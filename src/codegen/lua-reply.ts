/** The end of a fold's Lua: what it sends back. */

import type { FoldBody } from './body.js';
import { timedReply } from './clock.js';
import { BYTE_COUNTS, DENSE_REPLY, ONE_UNIT } from './partial.js';
import type { FieldCode } from './state-code.js';

type AnyWire = FieldCode['wire'] | 'code' | 'string';

/** Lua that packs a table of one value a group. */
function packer(wire: AnyWire, table: string): string {
  if (typeof wire === 'object') {
    if ('map' in wire) return `pack_maps('${wire.map}', '${wire.counts}', ${table}, count)`;
    return `pack_lists('${wire.list}', ${lists(wire, table, 'count')}, count)`;
  }
  if (wire === 'registers') return `pack_registers(${table}, count)`;
  if (wire === 'S' || wire === 'string') return `pack_strings(${table}, count)`;
  return wire === 'number'
    ? `pack_numbers(${table}, count)`
    : `pack_list('${wire === 'code' ? 'H' : wire}', ${table}, count)`;
}

/** Lists as they are sent, in both languages. @param count of the table's, which JavaScript knows itself */
export function lists(
  { top, pass }: { readonly top?: string; readonly pass?: string },
  table: string,
  count = '0',
): string {
  if (pass !== undefined) return `pass_lists(${table}, ${pass}_flat)`;
  return top === undefined ? table : `top_lists(${table}, ${count}, ${top})`;
}

interface Field {
  readonly wire: AnyWire;
  readonly cell: string;
  /** Whether it is 0 for all groups until two units have been merged; then it is left out. */
  readonly byMerge: boolean;
}

const unlessOne = ({ byMerge }: Field, packed: string): string => (byMerge ? `(single and '' or ${packed})` : packed);

/** Number of groups, then column by column: keys, rows, fields; the microseconds that it took; the rows it passed over. */
export function reply(body: FoldBody): string[] {
  return [...resultOf(body), timedReply('seen')];
}

/** Leaves the packed groups in `result`. */
export function resultOf(body: FoldBody): string[] {
  const fields = body.states.flatMap((state) =>
    state.code.fields.map(({ wire, byMerge = false }, field): Field => {
      return { wire, cell: body.cellName(state.firstCell + field), byMerge: body.grouped && byMerge };
    }),
  );
  return body.grouped ? groups(body, fields) : one(body, fields);
}

/** Each operand of one long `..` takes a register, of which a function has 250. */
const joined = (parts: readonly string[]): string =>
  parts.length > 50 ? `concat({ ${parts.join(', ')} })` : parts.join(' .. ');

function one(body: FoldBody, fields: readonly Field[]): string[] {
  const parts = [`pack('<${body.countWire}', rows)`, ...fields.map(({ wire, cell }) => packer(wire, `{ ${cell} }`))];
  return ['local count = 1', `local result = ${joined(["pack('<I4', count)", ...parts])}`];
}

function groups(body: FoldBody, fields: readonly Field[]): string[] {
  if (body.shape.dense) return numberedGroups(body, fields);
  const keys = body.keyWires.map((wire, key) => {
    const gathered = body.shape.spec.keys.length > 1 && wire !== 'code';
    return packer(wire, gathered ? `key_values(V${key + 1}, K${key + 1}, count)` : `K${key + 1}`);
  });
  const parts = [
    ...keys,
    `pack_list('${body.countWire}', rows, count)`,
    ...fields.map((field) => unlessOne(field, packer(field.wire, field.cell))),
  ];
  return [...single(body), 'local count = ng', `local result = ${joined(["pack('<I4', count + flags)", ...parts])}`];
}

/** Whether the slice was one unit of rows, and what that adds to the number of groups. */
function single({ mergedCells }: FoldBody): string[] {
  if (mergedCells.length === 0) return ['local flags = 0'];
  return ['local single = done == 1', `local flags = single and ${ONE_UNIT} or 0`];
}

/** Where most of the groups have rows all are sent as they lie, without their keys: gathering costs more than packing. */
function numberedGroups(body: FoldBody, fields: readonly Field[]): string[] {
  const last = body.shape.spec.keys.length - 1;
  const keys: string[] = [];
  const lines = [
    ...single(body),
    'local count, most = 0, 0',
    'for g = 0, groups - 1 do local c = rows[g] if c > 0 then count = count + 1 if c > most then most = c end end end',
    'local list, result = {}, nil',
    'local function gather(t) local out = {} for i = 1, count do out[i] = t[list[i]] end return out end',
  ];
  for (const key of body.keyWires.keys()) {
    const part = `list[i]${key < last ? ` % q${key + 1}` : ''}`;
    keys.push(
      `local KK${key + 1} = {} for i = 1, count do KK${key + 1}[i] = ${key === 0 ? part : `floor(${part} / q${key})`} end`,
    );
  }
  const parts = [
    ...body.keyWires.map((wire, key) => packer(wire, `KK${key + 1}`)),
    `pack_list('${body.countWire}', gather(rows), count)`,
    ...fields.map((field) => unlessOne(field, packer(field.wire, `gather(${field.cell})`))),
  ];
  const sparse = [
    'count = 0',
    'for g = 0, groups - 1 do if rows[g] > 0 then count = count + 1 list[count] = g end end',
    ...keys,
    `result = pack('<I4', count + flags) .. ${parts.join(' .. ')}`,
  ];
  if (fields.some(({ wire }) => wire !== 'd' && wire !== 'H')) return [...lines, ...sparse];
  const strides = body.keyWires.slice(1).map((_, key) => `, q${key + 1}`);
  const whole = [
    `pack('<${'I4'.repeat(body.keyWires.length)}', groups + flags + ${DENSE_REPLY} + (bytes and ${BYTE_COUNTS} or 0)${strides.join('')})`,
    `pack_all(bytes and 'B' or '${body.countWire}', rows, groups)`,
    ...fields.map((field) => unlessOne(field, `pack_all('${field.wire}', ${field.cell}, groups)`)),
  ];
  return [
    ...lines,
    'local bytes = most < 256',
    'if count * 5 >= groups * 3 then',
    `result = ${whole.join(' .. ')}`,
    'else',
    ...sparse,
    'end',
  ];
}

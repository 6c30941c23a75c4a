/** The end of a fold's Lua: what it sends back. */

import type { FoldBody } from './body.js';
import { BYTE_COUNTS, DENSE_REPLY } from './partial.js';
import type { FieldCode } from './state-code.js';

type AnyWire = FieldCode['wire'] | 'code' | 'string';

/** Lua that packs a table of one value a group. */
function packer(wire: AnyWire, table: string): string {
  if (typeof wire === 'object') {
    if ('map' in wire) return `pack_maps('${wire.map}', '${wire.counts}', ${table}, count)`;
    const lists = wire.top === undefined ? table : `top_lists(${table}, count, ${wire.top})`;
    return `pack_lists('${wire.list}', ${lists}, count)`;
  }
  if (wire === 'registers') return `pack_registers(${table}, count)`;
  if (wire === 'S' || wire === 'string') return `pack_strings(${table}, count)`;
  return wire === 'number'
    ? `pack_numbers(${table}, count)`
    : `pack_list('${wire === 'code' ? 'H' : wire}', ${table}, count)`;
}

interface Field {
  readonly wire: AnyWire;
  readonly cell: string;
}

/** Number of groups, then column by column: keys, rows, fields; the microseconds that it took; the rows it passed over. */
export function reply(body: FoldBody): string[] {
  const fields = body.states.flatMap((state) =>
    state.code.fields.map(({ wire }, field) => ({ wire, cell: body.cellName(state.firstCell + field) })),
  );
  return [
    ...(body.grouped ? groups(body, fields) : one(body, fields)),
    "local ended = call('TIME')",
    'return { result, (ended[1] - started[1]) * 1000000 + ended[2] - started[2], seen }',
  ];
}

function one(body: FoldBody, fields: readonly Field[]): string[] {
  const parts = [`pack('<${body.countWire}', rows)`, ...fields.map(({ wire, cell }) => packer(wire, `{ ${cell} }`))];
  return ['local count = 1', `local result = pack('<I4', count) .. ${parts.join(' .. ')}`];
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
    ...fields.map(({ wire, cell }) => packer(wire, cell)),
  ];
  return ['local count = ng', `local result = pack('<I4', count) .. ${parts.join(' .. ')}`];
}

/** Where at least half of the groups have rows all are sent as they lie, without their keys: gathering costs more than packing. */
function numberedGroups(body: FoldBody, fields: readonly Field[]): string[] {
  const last = body.shape.spec.keys.length - 1;
  const keys: string[] = [];
  const lines = [
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
    ...fields.map(({ wire, cell }) => packer(wire, `gather(${cell})`)),
  ];
  const sparse = [
    'count = 0',
    'for g = 0, groups - 1 do if rows[g] > 0 then count = count + 1 list[count] = g end end',
    ...keys,
    `result = pack('<I4', count) .. ${parts.join(' .. ')}`,
  ];
  if (fields.some(({ wire }) => wire !== 'd' && wire !== 'H')) return [...lines, ...sparse];
  const strides = body.keyWires.slice(1).map((_, key) => `, q${key + 1}`);
  const merged = new Set(body.mergedCells.map((cell) => body.cellName(cell)));
  const whole = [
    `pack('<${'I4'.repeat(body.keyWires.length)}', groups + ${DENSE_REPLY} + (bytes and ${BYTE_COUNTS} or 0)${strides.join('')})`,
    `pack_all(bytes and 'B' or '${body.countWire}', rows, groups)`,
    ...fields.map(({ wire, cell }) => {
      const packed = `pack_all('${wire}', ${cell}, groups)`;
      return merged.has(cell) ? `(${cell} == ZEROS and rep('\\0', 8 * groups) or ${packed})` : packed;
    }),
  ];
  return [
    ...lines,
    'local bytes = most < 256',
    'if count * 2 >= groups then',
    `result = ${whole.join(' .. ')}`,
    'else',
    ...sparse,
    'end',
  ];
}

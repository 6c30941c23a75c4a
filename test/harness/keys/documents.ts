/** JSON texts, most of them with values where the columns look for them; some of another shape, some that are no JSON. */
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from '../oracle/draw.js';
import type { SpaceColumn } from './space.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const BAD = [
  '',
  ' ',
  '{',
  '{"price":}',
  '{"price" 1}',
  "{'price': 1}",
  '[1',
  'nope',
  '{"price":1}}',
  '{"a":"\\x"}',
  '\u0000',
  '{"price":01}',
];
const PLAIN = [
  'null',
  '5',
  '"text"',
  'true',
  '[]',
  '{}',
  ' { } ',
  '[[1, 2], {"price": 3}]',
  '[{"price": 1, "qty": "2"}, 7]',
];

/** What may stand in a column's place. */
function drawValue(draw: Draw, { type, unit }: SpaceColumn): Json {
  const kind = draw.int(0, 9);
  if (kind === 0) return draw.pick<Json>([null, [], {}, [1], { a: 1 }]);
  if (kind === 1) return draw.pick<Json>([true, false, '', '5', 'x', 'true', 0, -1, 1.5, '2020-02-29']);
  return goodValue(draw, type, unit);
}

function goodValue(draw: Draw, type: ColumnType, unit: 's' | 'ms' | undefined): Json {
  if (unit !== undefined) return draw.int(-1_000_000, 1_700_000_000) * (unit === 's' ? 1 : 1000);
  if (type === 'utf8') return draw.pick([() => `w${draw.int(0, 5)}`, () => draw.text(5), () => 'a"\\/\b\u2028é🦆\t'])();
  if (type === 'bool') return draw.chance(0.5);
  if (type === 'date' || type === 'timestamp') return `2021-0${draw.int(1, 9)}-1${draw.int(0, 9)}`;
  if (type === 'int32' || type === 'int64') return draw.pick([draw.int(-50, 50), 2 ** 31, draw.int(-1e9, 1e9)]);
  if (type.startsWith('decimal')) return draw.int(-99_999, 99_999) / 100;
  return draw.pick([draw.int(-800, 800) / 8, draw.int(-99, 99) / 7, 1e300, 1e-7, draw.int(-5, 5)]);
}

function place(root: Json, path: readonly (string | number)[], value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list: Json[] = Array.isArray(root) ? [...root] : [];
    while (list.length < step) list.push(null);
    list[step] = place(list[step] ?? null, rest, value);
    return list;
  }
  const members = root !== null && typeof root === 'object' && !Array.isArray(root) ? root : {};
  return { ...members, [step]: place(members[step] ?? null, rest, value) };
}

function drawDocument(draw: Draw, columns: readonly SpaceColumn[]): string {
  if (draw.chance(0.06)) return draw.pick(BAD);
  if (draw.chance(0.06)) return draw.pick(PLAIN);
  let root: Json = {};
  for (const column of columns) {
    if (draw.chance(0.8)) root = place(root, column.path ?? [], drawValue(draw, column));
  }
  const text = JSON.stringify(root, null, draw.chance(0.2) ? 2 : 0);
  // Escapes that JSON.stringify does not use.
  return draw.chance(0.1)
    ? text.replaceAll('/', '\\/').replaceAll('é', '\\u00e9').replaceAll('🦆', '\\ud83e\\udd86')
    : text;
}

export function drawDocuments(draw: Draw, columns: readonly SpaceColumn[]): (i: number) => string {
  const documents = draw.list(draw.int(1, 60), () => drawDocument(draw, columns));
  return (i) => documents[i % documents.length] as string;
}

/** How rows of a packed column become Lua locals: many at once (cheapest a row), or one. */

import type { Encoding, Stride } from '../storage/types.js';
import { add, call, type Ir, int, local, mul, type Stmt, variable } from './ir.js';
import { hasBitmap, isWideCode, type KernelColumn } from './shape.js';
import type { RowNames } from './values.js';

const FORMATS = { f64: ['d', 8], f32: ['f', 4] } as const;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const names = (prefix: string, count: number): string =>
  range(count)
    .map((i) => `${prefix}${i}`)
    .join(', ');

/** Locals that one column needs to decode `width` rows at once. */
export function decodeLocals(column: KernelColumn, width: number): number {
  const present = hasBitmap(column) ? width + 1 : 0;
  if (column.encoding === 'plain') return present + width + 1;
  return present + (isWideCode(column.encoding) ? 2 * width : width);
}

export const isFloats = (encoding: Encoding): encoding is 'f64' | 'f32' => encoding === 'f64' || encoding === 'f32';

/** Whether a row's value can be made in the row itself, after its filter, instead of before it. */
export const canBeLate = (column: KernelColumn): boolean =>
  column.encoding === 'plain' || isWideCode(column.encoding) || (isFloats(column.encoding) && !hasBitmap(column));

/**
 * Lua that decodes rows r + from … r + from + width - 1 (r counts from the start of the slice; width is 8 or more).
 * @param suffix of the names of the formats, where those of several widths stand beside each other
 */
export function decodeWide(column: KernelColumn, from: number, width: number, suffix = ''): string[] {
  const { slot, encoding, stride } = column;
  if (stride !== undefined) {
    const values = range(width).map((i) => stridedValue(column, stride, from + i - 1));
    return [`local ${names(`c${slot}_`, width)} = ${values.join(', ')}`];
  }
  const lines: string[] = [];
  const start = (size: number, extra = 1): string => `r * ${size} + ${from * size + extra}`;
  switch (encoding) {
    case 'f64':
    case 'f32': {
      const [, size] = FORMATS[encoding];
      lines.push(`local ${names(`c${slot}_`, width)} = unpack_one(F${encoding}${suffix}, s${slot}, ${start(size)})`);
      break;
    }
    case 'u8':
    case 'dict8':
      lines.push(`local ${names(`c${slot}_`, width)} = byte(s${slot}, r + ${from + 1}, r + ${from + width})`);
      break;
    case 'u16':
    case 'dict16': {
      const pairs = range(width).map((i) => `l${slot}_${i}, h${slot}_${i}`);
      lines.push(`local ${pairs.join(', ')} = byte(s${slot}, ${start(2)}, ${start(2, 2 * width)})`);
      break;
    }
    case 'plain':
      lines.push(`local ${names(`o${slot}_`, width + 1)} = unpack_one(Fplain${suffix}, s${slot}, ${start(4)})`);
  }
  if (hasBitmap(column)) lines.push(...decodeBitmap(slot, from, width));
  return lines;
}

/** Eight booleans a byte, from the highest bit down. */
function decodeBitmap(slot: number, from: number, width: number): string[] {
  const lines = [`local ${names(`p${slot}_`, width)}`, `local m${slot}p`];
  for (let row = 0; row < width; row += 8) {
    const bits = range(8).map((i) => `p${slot}_${row + i}`);
    const steps = [8, 7, 6, 5, 4, 3, 2].map((bit) => {
      const name = bits[bit - 1];
      return `${name} = m${slot}p >= ${2 ** (bit - 1)} if ${name} then m${slot}p = m${slot}p - ${2 ** (bit - 1)} end`;
    });
    lines.push(
      `m${slot}p = byte(v${slot}, r / 8 + ${(from + row) / 8 + 1})`,
      `if m${slot}p == 255 then ${bits.join(', ')} = ${bits.map(() => 'true').join(', ')} else ${steps.join(' ')} ${bits[0]} = m${slot}p >= 1 end`,
    );
  }
  return lines;
}

/** Which columns wait for the filter, by slot, and the first row of the group in its block. */
export interface LateColumns {
  readonly late: ReadonlySet<number>;
  readonly from: number;
  /** The slot of a column of wide codes that are the numbers of groups: its local is `g` itself. */
  readonly group?: number | undefined;
}

/**
 * Names of row `i` (from 1) of a group decoded by `decodeWide`, and the statements that must come before their use: `before` the
 * row, `inside` it once it has passed the filter (those of late columns).
 */
export function wideRow(
  columns: readonly KernelColumn[],
  i: number,
  { late, from, group }: LateColumns = { late: new Set(), from: 0 },
): { names: RowNames; before: Stmt[]; inside: Stmt[] } {
  const isLate = ({ slot }: KernelColumn): boolean => late.has(slot);
  const nameOf = ({ slot }: KernelColumn): string => (slot === group ? 'g' : `c${slot}`);
  const made = (list: readonly KernelColumn[]): Stmt[] =>
    list.flatMap((column) => rowLocals(column, i, from + i - 1, nameOf(column)));
  return {
    before: made(columns.filter((column) => !isLate(column) && !isFloats(column.encoding))),
    inside: made(columns.filter(isLate)),
    names: {
      code: (column) => {
        const own = isWideCode(column.encoding) || isLate(column);
        return variable(own ? nameOf(column) : `c${column.slot}_${i}`);
      },
      present: ({ slot }) => variable(`p${slot}_${i}`),
      text: ({ slot }) => variable(`x${slot}`),
    },
  };
}

/** Locals of one row: a float by itself, a wide code from its bytes, a string from its place. `row` counts from the block's first. */
function rowLocals(column: KernelColumn, i: number, row: number, name: string): Stmt[] {
  const { slot, encoding, stride } = column;
  if (stride !== undefined) return [{ s: 'raw', lua: `local c${slot} = ${stridedValue(column, stride, row)}`, js: '' }];
  if (isFloats(encoding)) {
    const [, size] = FORMATS[encoding];
    const place = add(mul(variable('r'), int(size)), int(row * size + 1));
    return [local(`c${slot}`, call('unpack_one', variable(`O${encoding}`), variable(`s${slot}`), place))];
  }
  if (isWideCode(encoding)) {
    return [local(name, add(variable(`l${slot}_${i}`), mul(variable(`h${slot}_${i}`), int(256))))];
  }
  if (encoding !== 'plain') return [];
  return [local(`x${slot}`, call(`slice${slot}`, variable(`o${slot}_${i}`), variable(`o${slot}_${i + 1}`)))];
}

/** Lua for the value of row r + `row`: by itself, since those of the next rows do not lie beside it. */
function stridedValue({ slot }: KernelColumn, { encoding, bytes, offset }: Stride, row: number): string {
  const at = `r * ${bytes} + ${row * bytes + offset + 1}`;
  switch (encoding) {
    case 'f64':
    case 'f32':
      return `(unpack_one('<${FORMATS[encoding][0]}', s${slot}, ${at}))`;
    case 'u8':
      return `b${slot} + byte(s${slot}, ${at}) * m${slot}`;
    case 'u16':
      return `b${slot} + unpack_one('<H', s${slot}, ${at}) * m${slot}`;
  }
}

/** Lua that decodes row r alone. */
export function decodeOne(column: KernelColumn): string[] {
  const { slot, encoding, stride } = column;
  if (stride !== undefined) return [`local c${slot} = ${stridedValue(column, stride, 0)}`];
  const lines: string[] = [];
  switch (encoding) {
    case 'f64':
    case 'f32': {
      const [format, size] = FORMATS[encoding];
      lines.push(`local c${slot} = unpack_one('<${format}', s${slot}, r * ${size} + 1)`);
      break;
    }
    case 'u8':
    case 'dict8':
      lines.push(`local c${slot} = byte(s${slot}, r + 1)`);
      break;
    case 'u16':
    case 'dict16':
      lines.push(
        `local c${slot}, h${slot} = byte(s${slot}, r * 2 + 1, r * 2 + 2) c${slot} = c${slot} + h${slot} * 256`,
      );
      break;
    case 'plain':
      lines.push(
        `local x${slot}, y${slot} = unpack_one('<I4I4', s${slot}, r * 4 + 1) x${slot} = slice${slot}(x${slot}, y${slot})`,
      );
  }
  if (hasBitmap(column)) {
    lines.push(`local p${slot} = floor(byte(v${slot}, floor(r / 8) + 1) / 2 ^ (r % 8)) % 2 == 1`);
  }
  return lines;
}

/** Names that `decodeOne` gives; on the client side the same. */
export const oneRow: RowNames = {
  code: ({ slot }): Ir => variable(`c${slot}`),
  present: ({ slot }): Ir => variable(`p${slot}`),
  text: ({ slot }): Ir => variable(`x${slot}`),
};

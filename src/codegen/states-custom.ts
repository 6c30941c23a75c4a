/** A user's aggregate as a state: its trees printed over cells, like every other state's statements. */

import type { BoundCustom } from '../aggregates/index.js';
import type { TypedExpr, TypedLiteral } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import type { Constants } from './constants.js';
import { add, binary, type Ir, int, local, type Stmt, select, set, variable } from './ir.js';
import type { KernelColumn } from './shape.js';
import type { Cells, FieldCode, RowArgs, StateCode } from './state-code.js';
import { mergeCounted } from './states-moments.js';
import { Values } from './values.js';

/** The literals of the initial values, one a field: the same nodes whenever they are asked for. */
const initial = new WeakMap<BoundCustom, readonly TypedLiteral[]>();

function initials(custom: BoundCustom): readonly TypedLiteral[] {
  let nodes = initial.get(custom);
  if (nodes === undefined) {
    nodes = custom.definition.init.map((value): TypedLiteral => ({ kind: 'literal', type: 'float64', value }));
    initial.set(custom, nodes);
  }
  return nodes;
}

/** A column of the trees: a field, or an argument. */
export const fake = (index: number, type: ColumnType, nullable: boolean): KernelColumn => ({
  slot: index,
  index,
  type,
  encoding: type === 'utf8' ? 'plain' : 'f64',
  nullable,
  unitStep: true,
});

/** [n, fields]; the rows are counted so that a side without rows can be told from one that looks like it. */
export function customState(custom: BoundCustom, constants: Constants): StateCode {
  const { definition } = custom;
  const size = definition.fields.length;
  const fields: FieldCode[] = [
    { init: '0', wire: 'd' },
    ...initials(custom).map((node): FieldCode => ({ init: nameOf(constants.literal(node)), wire: 'd' })),
  ];
  const row = (args: RowArgs, cell: Cells): Stmt[] => {
    const names = custom.args.map((_, i) => `arg${i + 1}`);
    const columns = [
      ...definition.fields.map((_, i) => fake(i, 'float64', false)),
      ...custom.args.map((type, i) => fake(size + i, type, definition.nulls === 'pass')),
    ];
    const read = ({ index }: KernelColumn): Ir =>
      index < size ? cell(1 + index) : variable(names[index - size] as string);
    const values = new Values(columns, new Map(), constants, {
      code: read,
      text: read,
      present: (column) => binary('~=', read(column), variable('NULL')),
    });
    const given = names.map((name, i) => local(name, args[i] as Ir));
    const next = assign(values, custom.step, (field) => cell(1 + field));
    return [{ s: 'scope', body: [...given, set(cell(0), add(cell(0), int(1))), ...next] }];
  };
  return {
    kind: 'custom',
    fields,
    unitScoped: true,
    scratch: 0,
    locals: custom.args.length + size + 8,
    inputs: 0,
    row,
    groupRow: row,
    merge: (a, b) => mergeCounted(a, b, size + 1, merged(custom, constants, [a, b])),
  };
}

const nameOf = (ir: Ir): string => (ir.k === 'var' ? ir.name : '0');

function merged(custom: BoundCustom, constants: Constants, [a, b]: readonly [Cells, Cells]): Stmt[] {
  const size = custom.definition.fields.length;
  const columns = Array.from({ length: 2 * size }, (_, i) => fake(i, 'float64', false));
  const read = ({ index }: KernelColumn): Ir => (index < size ? a(1 + index) : b(1 + index - size));
  const values = new Values(columns, new Map(), constants, { code: read, text: read, present: read });
  return [...assign(values, custom.merge, (field) => a(1 + field)), set(a(0), add(a(0), b(0)))];
}

/** All fields at once: each from what all of them were. A null leaves its field as it is. */
function assign(values: Values, exprs: readonly TypedExpr[], cell: Cells): Stmt[] {
  const into: Stmt[] = [];
  const sets = exprs.map((expr, field) => {
    const valid = values.valid(expr, into);
    const value = valid.k === 'bool' && !valid.value ? cell(field) : values.value(expr, into);
    into.push(local(`next${field + 1}`, select(valid, value, cell(field))));
    return set(cell(field), variable(`next${field + 1}`));
  });
  return [...into, ...sets];
}

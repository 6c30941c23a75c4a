/** What kernels that give rows back are generated from. */

import type { ColumnBounds } from '../expr/bounds.js';
import { columnsOf, type TypedExpr } from '../expr/typed.js';
import { Constants } from './constants.js';
import type { KernelParts } from './lua-runtime.js';
import { isCoded, type KernelColumn } from './shape.js';
import { type RowNames, Values } from './values.js';

/** A key of a sort. NaN is the greatest number; nulls stand where `nullsFirst` says, whatever the direction. */
export interface OrderBy {
  readonly expr: TypedExpr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * How values travel: codes of a column (one or two bytes each), doubles (`number` with flags for nulls), bools in a byte each,
 * strings behind their lengths.
 */
export type RowWire = 'byte' | 'short' | 'double' | 'number' | 'bool' | 'string';

/** The wire of an expression's values; `codes` where a coded column is nothing but itself. */
export function rowWire(expr: TypedExpr, columns: readonly KernelColumn[]): RowWire {
  const column = expr.kind === 'column' ? columns.find(({ index }) => index === expr.index) : undefined;
  if (column !== undefined && isCoded(column.encoding)) {
    return column.encoding === 'u8' || column.encoding === 'dict8' ? 'byte' : 'short';
  }
  if (expr.type === 'utf8') return 'string';
  if (expr.type === 'bool') return 'bool';
  return column !== undefined && !column.nullable ? 'double' : 'number';
}

export const isCodeWire = (wire: RowWire): boolean => wire === 'byte' || wire === 'short';

/** The parts of a kernel while it is printed: constants and dictionaries are known once its rows are. */
export class RowParts implements KernelParts {
  readonly constants = new Constants();
  readonly texts = new Set<number>();
  readonly lists = [];
  readonly grouped = false;
  readonly shape: KernelParts['shape'];
  readonly #bounds: ColumnBounds;

  constructor(columns: readonly KernelColumn[], bounds: ColumnBounds) {
    this.shape = { columns, dense: false, spec: { keys: [] } };
    this.#bounds = bounds;
  }

  get columns(): readonly KernelColumn[] {
    return this.shape.columns;
  }

  values(names: RowNames): Values {
    return new Values(this.columns, this.#bounds, this.constants, names, this.texts);
  }

  /** The columns that expressions read. */
  columnsOf(...exprs: readonly (TypedExpr | undefined)[]): KernelColumn[] {
    const read = new Set<number>();
    for (const expr of exprs) if (expr !== undefined) columnsOf(expr, read);
    return this.columns.filter(({ index }) => read.has(index));
  }
}

/** Table columns that expressions read; where they read none, the first of `otherwise`, so that there is a key to call by. */
export function indexesOf(exprs: readonly (TypedExpr | undefined)[], otherwise: readonly number[]): number[] {
  const read = new Set<number>();
  for (const expr of exprs) if (expr !== undefined) columnsOf(expr, read);
  if (read.size === 0) return otherwise.slice(0, 1);
  return [...read].sort((a, b) => a - b);
}

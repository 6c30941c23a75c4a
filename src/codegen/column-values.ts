/** Columns as kernel code: how their values, nulls and codes are named in a row. */

import type { ComparisonOp } from '../expr/nodes.js';
import type { TypedCall, TypedExpr, TypedLiteral } from '../expr/typed.js';
import { compareCodes } from './compare.js';
import type { Constants } from './constants.js';
import { add, and, binary, call, type Ir, int, mul, TRUE, variable } from './ir.js';
import { isCoded, isDictionary, type KernelColumn } from './shape.js';

/** How the code of one row names what it has decoded. */
export interface RowNames {
  /** The number of a float column, the code of a coded one. */
  code(column: KernelColumn): Ir;
  /** Of a nullable column with a validity bitmap: whether the row has a value. */
  present(column: KernelColumn): Ir;
  /** The string of a `plain` column. */
  text(column: KernelColumn): Ir;
}

export abstract class ColumnValues {
  protected readonly columns: ReadonlyMap<number, KernelColumn>;
  protected readonly constants: Constants;
  /** Dictionary columns whose entries are needed as strings. */
  readonly texts: Set<number>;
  readonly #row: RowNames;

  constructor(columns: readonly KernelColumn[], constants: Constants, row: RowNames, texts: Set<number>) {
    this.columns = new Map(columns.map((column) => [column.index, column]));
    this.constants = constants;
    this.texts = texts;
    this.#row = row;
  }

  /** The column that an expression is, if it is nothing more. */
  columnOf(expr: TypedExpr): KernelColumn | undefined {
    return expr.kind === 'column' ? this.columns.get(expr.index) : undefined;
  }

  code(column: KernelColumn): Ir {
    return this.#row.code(column);
  }

  protected columnValid(column: KernelColumn): Ir {
    if (!column.nullable) return TRUE;
    return isCoded(column.encoding) ? binary('~=', this.code(column), int(0)) : this.#row.present(column);
  }

  protected columnValue(column: KernelColumn): Ir {
    const { encoding, slot } = column;
    if (encoding === 'plain') return this.#row.text(column);
    const code = this.code(column);
    if (isDictionary(encoding)) {
      this.texts.add(slot);
      return call(`text${slot}`, code);
    }
    if (!isCoded(encoding)) return code;
    return add(variable(`b${slot}`), column.unitStep ? code : mul(code, variable(`m${slot}`)));
  }

  /** A coded column against a constant. */
  protected compareCode(op: ComparisonOp, column: KernelColumn, literal: TypedLiteral): Ir {
    return compareCodes(op, this.code(column), this.constants.position(literal, column));
  }

  /** A dictionary is sorted: what begins with a constant is a run of codes. */
  byCode({ fn, args }: TypedCall): Ir | undefined {
    const [text, prefix, end] = args;
    if (fn !== 'f_startsWith' || prefix?.kind !== 'literal' || end?.kind !== 'literal') return undefined;
    const column = this.columnOf(text as TypedExpr);
    if (column === undefined || !isDictionary(column.encoding)) return undefined;
    return and(this.compareCode('gtEq', column, prefix), this.compareCode('lt', column, end));
  }
}

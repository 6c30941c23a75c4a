/**
 * The constants of a kernel. They are arguments, never text, so that one kernel serves all constants; each literal of the
 * plan gets a name, and its value travels packed.
 */

import type { TypedExpr, TypedIsIn, TypedLiteral } from '../expr/typed.js';
import { type Ir, variable } from './ir.js';
import type { KernelColumn } from './shape.js';

/** Where a constant stands in a column's sorted dictionary: entries below it, at or below it, and its code or -1. */
export interface DictionaryPosition {
  readonly below: Ir;
  readonly through: Ir;
  readonly equal: Ir;
}

/** A constant to be located in a dictionary before the rows are read. */
export interface Location {
  readonly name: string;
  readonly slot: number;
  /** Place of the string among the constants, from 0. */
  readonly string: number;
}

/** Values to be gathered into a set before the rows are read; those of a dictionary column as codes. */
export interface ConstantSet {
  readonly name: string;
  /** The dictionary column in whose codes the set is, undefined for values as they are. */
  readonly slot: number | undefined;
  readonly values: readonly (number | string)[];
}

export class Constants {
  readonly numbers: number[] = [];
  readonly strings: string[] = [];
  readonly locations: Location[] = [];
  readonly sets: ConstantSet[] = [];
  readonly #names = new Map<TypedExpr, string>();

  /** A literal as a variable of the kernel. */
  literal(node: TypedLiteral): Ir {
    const known = this.#names.get(node);
    if (known !== undefined) return variable(known);
    const value = node.value ?? 0;
    const name = typeof value === 'number' ? `k${this.numbers.push(value)}` : `z${this.#string(value)}`;
    this.#names.set(node, name);
    return variable(name);
  }

  /** A string literal's place in the dictionary of a column. */
  position(node: TypedLiteral, column: KernelColumn): DictionaryPosition {
    let name = this.#names.get(node);
    if (name === undefined) {
      name = `d${this.locations.length + 1}`;
      this.locations.push({ name, slot: column.slot, string: this.#string(node.value as string) - 1 });
      this.#names.set(node, name);
    }
    return { below: variable(`${name}b`), through: variable(`${name}t`), equal: variable(`${name}e`) };
  }

  /** The name of the set of an `isIn`. */
  set(node: TypedIsIn, slot: number | undefined): string {
    let name = this.#names.get(node);
    if (name === undefined) {
      name = `in${this.sets.length + 1}`;
      const values = node.values.filter((value) => !Number.isNaN(value));
      this.sets.push({ name, slot, values });
      this.#names.set(node, name);
    }
    return name;
  }

  #string(value: string): number {
    return this.strings.push(value);
  }
}

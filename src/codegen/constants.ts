/**
 * The constants of a kernel. They are arguments, never text, so that one kernel serves all constants; each literal of the
 * plan gets a name, and its value travels packed.
 */

import type { TypedExpr, TypedIsIn, TypedLiteral } from '../expr/typed.js';
import type { ColumnChunk } from '../storage/types.js';
import { type Ir, variable } from './ir.js';
import type { KernelColumn } from './shape.js';

/** Where a constant stands among the codes of a column: how many are below it, at or below it, and its code or -1. */
export interface CodePosition {
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

/** A number to be located among the codes of a coded column: another place in every chunk. */
export interface Threshold {
  readonly name: string;
  readonly index: number;
  readonly value: number;
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
  readonly thresholds: Threshold[] = [];
  readonly sets: ConstantSet[] = [];
  /** Tables that remember what an expression of one coded column came to, by code; for one slice. */
  readonly memos: string[] = [];
  /** Functions of the runtime that rows call. */
  readonly functions = new Set<string>();
  /** The most locals that one row needs beside what it has decoded. */
  temporaries = 0;
  /** How many locals of rows have a name. */
  locals = 0;
  /** By node and use: one constant may be a value here, and be looked for in the codes of several columns there. */
  readonly #names = new Map<TypedExpr, Map<string, string>>();

  /** A literal as a variable of the kernel. */
  literal(node: TypedLiteral): Ir {
    const value = node.value ?? 0;
    const name = this.#named(node, 'value', () =>
      typeof value === 'number' ? `k${this.numbers.push(value)}` : `z${this.#string(value)}`,
    );
    return variable(name);
  }

  /** A literal's place among the codes of a column: in its dictionary, or among the numbers that codes stand for. */
  position(node: TypedLiteral, { slot, index }: KernelColumn): CodePosition {
    const { value } = node;
    const name = this.#named(node, `column ${slot}`, () => {
      if (typeof value === 'number') return `n${this.thresholds.push({ name: this.#next('n'), index, value })}`;
      const string = this.#string(value as string) - 1;
      return `d${this.locations.push({ name: this.#next('d'), slot, string })}`;
    });
    return { below: variable(`${name}b`), through: variable(`${name}t`), equal: variable(`${name}e`) };
  }

  /** The name of the set of an `isIn`. */
  set(node: TypedIsIn, slot: number | undefined): string {
    const values = node.values.filter((value) => !Number.isNaN(value));
    return this.#named(node, `set ${slot}`, () => `in${this.sets.push({ name: this.#next('in'), slot, values })}`);
  }

  /** The table of an expression that is remembered by code. */
  memo(node: TypedExpr): string {
    return this.#named(node, 'memo', () => `M${this.memos.push(`M${this.memos.length + 1}`)}`);
  }

  #next(prefix: 'n' | 'd' | 'in'): string {
    const list = { n: this.thresholds, d: this.locations, in: this.sets }[prefix];
    return `${prefix}${list.length + 1}`;
  }

  #named(node: TypedExpr, use: string, make: () => string): string {
    let uses = this.#names.get(node);
    if (uses === undefined) {
      uses = new Map();
      this.#names.set(node, uses);
    }
    let name = uses.get(use);
    if (name === undefined) {
      name = make();
      uses.set(use, name);
    }
    return name;
  }

  #string(value: string): number {
    return this.strings.push(value);
  }
}

/** Codes of a chunk's column below a number, at or below it, and the one equal to it or -1; NaN is above all. */
export function locateNumber({ base, step, max }: ColumnChunk, value: number): [number, number, number] {
  const codes = max === undefined ? 0 : Math.round(((max as number) - base) / step);
  if (Number.isNaN(value)) return [codes, codes, -1];
  let below = Math.min(codes, Math.max(0, Math.ceil((value - base) / step) - 1));
  // The quotient is rounded, the values of codes are exact.
  while (below > 0 && base + below * step >= value) below -= 1;
  while (below < codes && base + (below + 1) * step < value) below += 1;
  const equal = below < codes && base + (below + 1) * step === value;
  return equal ? [below, below + 1, below + 1] : [below, below, -1];
}

/**
 * What the compiler knows of an expression before it knows the table. A value is described by tags, a union of strings, and
 * the columns that are read by their names; a query resolves the tags against its rows (`src/query/infer.ts`). No code.
 *
 *     col('price').mul(col('qty')).as('total')
 *     // Expr<'number' | 'null of price' | 'null of qty', 'price' | 'qty', 'total'>
 *
 * `number`, `text`, … are values of that type, `value of x` has the type of column x, `null of x` is null where x may be
 * null, `null` may be null whatever the columns are, `null of no rows` is null where nothing is aggregated, `number like …` is a
 * decimal where that is one and else a number, `list of …` an array. Of
 * `x ⊕ y` and `x ⊖ y` it is for the columns to say: a date and a number of days make a date, two times a number. Unions and intersections are all that is needed to combine them, and they are cheap.
 */

import type { ColumnType } from '../storage/types.js';

export declare const described: unique symbol;
/** Tells expressions from objects of expressions, so that the compiler says what is wrong with the right one of them. */
export declare const expression: unique symbol;

/** For keys of a sort. */
export declare const sorted: unique symbol;

/** What stands for an expression in the types of a query: its value, the columns that it reads, the name of its result. */
export interface Term<out Value extends string, out Columns extends string, out Name extends string> {
  /** For the compiler alone; there is no such property. */
  readonly [described]: { readonly value: Value; readonly columns: Columns; readonly name: Name };
  readonly [expression]: true;
}

/** An expression that reads no other columns than these. */
export interface Over<out Columns extends string> extends Term<string, Columns, string> {}

/** What a value is when it is null. */
export type NullTag = 'null' | 'null of no rows' | `null of ${string}`;

/** What a value is when it is not null. */
export type ValueTag =
  | 'number'
  | 'text'
  | 'boolean'
  | 'time'
  | 'decimal'
  | 'bin'
  | `value of ${string}`
  | `number like ${string}`
  | `list of ${string}`
  | `${string} ⊕ ${string}`
  | `${string} ⊖ ${string}`;

/** The nulls among tags: what makes an operand null makes the result null. */
export type Nulls<Value extends string> = Value & NullTag;

export type NameOf<T> = T extends Term<string, string, infer Name> ? Name : never;

/** Tags of an operand; a bare value is a constant. */
export type ValueOf<Operand> =
  Operand extends Term<infer Value, string, string>
    ? Value
    : Operand extends number | bigint
      ? 'number'
      : Operand extends string
        ? 'text'
        : Operand extends boolean
          ? 'boolean'
          : Operand extends Date
            ? 'time'
            : Operand extends null
              ? 'null'
              : never;

export type ColumnsOf<Operand> = Operand extends Term<string, infer Columns, string> ? Columns : never;

/** A type of its own has what reads columns; a constant takes the type of what it stands beside. */
type Typed<Operand> = Extract<Operand, Term<string, string, string>>;

/** Tags of one of several operands, without nulls. */
export type Chosen<Operands> = Exclude<
  ValueOf<[Typed<Operands>] extends [never] ? Operands : Typed<Operands>>,
  NullTag
>;

/** When the first operand that is not null is null: never where one of them never is; else the last of them must be. */
export type ChosenNulls<Operands extends readonly unknown[]> =
  true extends NeverNull<Operands[number]>
    ? never
    : Operands extends readonly [...unknown[], infer Last]
      ? Nulls<ValueOf<Last>>
      : Nulls<ValueOf<Operands[number]>>;

type NeverNull<Operand> = Operand extends unknown ? ([Nulls<ValueOf<Operand>>] extends [never] ? true : false) : never;

/** The name of a plain column; an aggregate of several values has that of the first. */
export type ColumnName<Operand> =
  Operand extends Term<string, infer Columns, infer Name> ? ([Name] extends [Columns] ? Name : string) : string;

/** The tag of a column type. */
export type TagOf<Type extends ColumnType> = Type extends 'utf8'
  ? 'text'
  : Type extends 'bool'
    ? 'boolean'
    : Type extends 'timestamp' | 'date'
      ? 'time'
      : Type extends `decimal(${number})`
        ? 'decimal'
        : 'number';

export type Added<A extends string, B extends string> = `${A & ValueTag} ⊕ ${B & ValueTag}` | Nulls<A | B>;

export type Subtracted<A extends string, B extends string> = `${A & ValueTag} ⊖ ${Turned<B & ValueTag>}` | Nulls<A | B>;

/** Without brackets: x ⊖ (y ⊖ z) is x ⊖ y ⊕ z. */
type Turned<B extends string> = B extends `${infer X} ⊕ ${infer Y}`
  ? `${Turned<X>} ⊖ ${Turned<Y>}`
  : B extends `${infer X} ⊖ ${infer Y}`
    ? `${X} ⊕ ${Turned<Y>}`
    : B;

/** The remainder of a division of integers by zero is null. */
export type ByZero<Divisor> = Divisor extends number
  ? number extends Divisor
    ? 'null'
    : Divisor extends 0
      ? 'null'
      : never
  : 'null';

/**
 * When an aggregate of these values is null: where all of them are, where there are no rows (a group has some), and where a
 * filter of its own may leave none.
 */
export type NoRows<Value extends string, Where> =
  | Nulls<Value>
  | 'null of no rows'
  | ([Where] extends [never] ? never : 'null');

/**
 * The classes that the methods of an expression give. The methods stand in files that must not import those, so that the
 * classes are handed to them as functions from tags to a class.
 */
export interface Kind {
  readonly value: string;
  readonly columns: string;
  readonly name: string;
  readonly expr: unknown;
  readonly aggregate: unknown;
}

export type Made<K extends Kind, Value extends string, Columns extends string> = (K & {
  readonly value: Value;
  readonly columns: Columns;
  readonly name: string;
})['expr'];

/** A value of one type, null where an operand is. */
export type Combined<K extends Kind, Value extends string, Operands extends string, Columns extends string> = Made<
  K,
  Value | Nulls<Operands>,
  Columns
>;

/** An aggregate, which keeps the name of what it aggregates. */
export type Aggregated<K extends Kind, Value extends string, Columns extends string, Name extends string> = (K & {
  readonly value: Value;
  readonly columns: Columns;
  readonly name: Name;
})['aggregate'];

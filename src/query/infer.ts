/**
 * The rows of a query as the compiler knows them: `Query<{ origin: string | null; delay: number }>`. Each step computes the
 * rows of the next one. Without a schema they are `ResultRow`, and stay so: any name may be used, any value may come. No code.
 */

import type { Bin } from '../aggregates/index.js';
import type { ResultRow } from '../engine/results/rows.js';
import type { NameOf, NullTag, Term, ValueOf } from '../expr/infer.js';

export declare const row: unique symbol;

/** What has rows of this type. */
export interface RowsOf<out Row> {
  /** For the compiler alone; there is no such property. */
  readonly [row]: Row;
}

export type RowOf<Rows> = Rows extends RowsOf<infer Row> ? Visible<Row> : never;

/** Columns by which rows are grouped. */
export declare const keys: unique symbol;

/** Columns that may be asked for by name, and do not come by themselves. */
export declare const hidden: unique symbol;

/**
 * Part of a row that has such columns: for the compiler alone, results hold no such property. No interface, so that any query
 * of known rows is a `Query`.
 */
export type Hidden<Columns> = { readonly [hidden]: Columns };

/** A row with its hidden columns among the others, for steps that read them. */
export type Full<Row> = Row extends Hidden<infer Columns> ? Row & Omit<Columns, keyof Row> : Row;

/** A row as results hold it. */
export type Visible<Row> =
  Row extends Hidden<unknown> ? { [K in keyof Row as Exclude<K, typeof hidden>]: Row[K] } : Row;

/** Names of all columns that a step may read. */
export type Names<Row> = keyof Full<Row> & string;

type AnyTerm = Term<string, string, string>;

/** One type instead of the steps that led to it. */
export type Simplify<T> = { [K in keyof T]: T[K] } & unknown;

/** Whether nothing is known of the rows. */
export type IsOpen<Row> = string extends keyof Row ? true : false;

/** Rows of names that are known; those of others are as without a schema. */
type Known<Row, Added extends PropertyKey, Next> = true extends IsOpen<Row> | (string extends Added ? true : false)
  ? ResultRow
  : Simplify<Next>;

// ── values ──

interface Values {
  readonly number: number;
  readonly text: string;
  readonly boolean: boolean;
  readonly time: Date;
  readonly decimal: `${number}`;
  readonly null: null;
  readonly 'null of no rows': null;
  readonly bin: Bin;
}

/**
 * The type of a value by its tags, see `src/expr/infer.ts`. It stands in an interface, for the compiler shows what an alias
 * comes to by the name of the alias.
 */
interface Cell<Row, Tags extends string> {
  readonly type: Tags extends keyof Values
    ? Values[Tags]
    : Tags extends `list of ${string}`
      ? never
      : Tags extends `null of ${infer Name}`
        ? Extract<Row[Name & keyof Row], null>
        : Tags extends `${string} ⊕ ${string}` | `${string} ⊖ ${string}`
          ? Computed[Terms<Row, Tags, 'number', '+'>]
          : Tags extends `value of ${infer Name}`
            ? NonNullable<Row[Name & keyof Row]>
            : Tags extends `number like ${infer Of}`
              ? NumberLike<NonNullable<Cell<Row, Of>['type']>>
              : ResultRow[string];
  readonly list: Tags extends `list of ${infer Of}` ? Of : never;
}

/** Times count 1 where they are added, and -1 where they are subtracted: 1 in all is a time, 0 a number. */
interface Computed {
  readonly number: number;
  readonly time: Date;
  readonly less: number;
}

/** Goes through the terms of a sum, from the left. */
type Terms<Row, Tags extends string, So extends keyof Computed, Sign> = Tags extends `${infer A} ⊕ ${infer B}`
  ? Terms<Row, B, Terms<Row, A, So, Sign>, '+'>
  : Tags extends `${infer A} ⊖ ${infer B}`
    ? Terms<Row, B, Terms<Row, A, So, Sign>, '-'>
    : [Tags extends 'text' ? Date : Cell<Row, Tags>['type']] extends [Date]
      ? Sign extends '+'
        ? So extends 'less'
          ? 'number'
          : 'time'
        : So extends 'time'
          ? 'number'
          : 'less'
      : So;

/** Decimals stay decimals, all others become numbers. */
type NumberLike<T> = T extends string ? T : number;

/** All `list of` tags make one array. */
interface Result<Row, Tags extends string> {
  readonly type:
    | Cell<Row, Tags>['type']
    | ([Cell<Row, Tags>['list']] extends [never] ? never : Cell<Row, Cell<Row, Tags>['list']>['type'][]);
}

// ── steps ──

type NameOfSelected<Each> = Each extends string ? Each : NameOf<Each>;

/** The columns that names and expressions make. */
type Columns<Row, Each> = {
  [E in Each as NameOfSelected<E>]: E extends keyof Row ? Row[E] : Result<Row, ValueOf<E>>['type'];
};

type Replaced<Row, Next> = {
  [K in keyof Row | keyof Next]: K extends keyof Next ? Next[K] : K extends keyof Row ? Row[K] : never;
};

/** Names and expressions, and expressions by their names. */
type Made<Row, Each> = Columns<Row, Extract<Each, string | AnyTerm>> &
  FromMaps<Row, Exclude<Each, string | AnyTerm>, never>;

type NameMade<Each> = Each extends string | AnyTerm ? NameOfSelected<Each> : keyof Each;

export type Select<Row, Each> = Known<Row, NameMade<Each>, Made<Full<Row>, Each>>;

export type WithColumns<Row, Each> = Known<Row, NameMade<Each>, Replaced<Row, Made<Full<Row>, Each>>>;

export type Drop<Row, Dropped> =
  IsOpen<Row> extends true ? ResultRow : { [K in keyof Row as Exclude<K, Dropped>]: Row[K] };

/** What `rename` takes: names of columns that there are. */
export type NewNames<Row, Given> = { readonly [K in keyof Given]: K extends keyof Row ? string : UnknownColumn<K> };

/** There is no such column. */
export interface UnknownColumn<Name> {
  readonly unknownColumn: Name;
}

export type Rename<Row, Given> = Known<
  Row,
  Given[keyof Given] & string,
  { [K in keyof Row as K extends keyof Given ? Given[K] & string : K]: Row[K] }
>;

/** What may follow another query in a union: rows with the same columns. */
export type SameColumns<Row> = { readonly [K in keyof Visible<Row>]: unknown };

export type Union<Row, Others> =
  IsOpen<Row> extends true
    ? ResultRow
    : { [K in keyof Visible<Row>]: Visible<Row>[K] | (K extends keyof Others ? Others[K] : never) };

// ── aggregates ──

type FromList<Row, Each, Left extends NullTag> = {
  [E in Each as NameOf<E>]: Result<Row, Exclude<ValueOf<E>, Left>>['type'];
};

type FromMaps<Row, Map, Left extends NullTag> = {
  [K in Map extends unknown ? keyof Map : never]: Map extends { readonly [P in K]: infer E }
    ? Result<Row, Exclude<ValueOf<E>, Left>>['type']
    : never;
};

type AggregateNames<Each> = Each extends AnyTerm ? NameOf<Each> : keyof Each;

/** `Left` is left out of the tags of results: groups have rows. */
type Aggregated<Row, Each, Left extends NullTag> = FromList<Row, Extract<Each, AnyTerm>, Left> &
  FromMaps<Row, Exclude<Each, AnyTerm>, Left>;

export type Aggregate<Row, Each> = Known<Row, AggregateNames<Each>, Aggregated<Full<Row>, Each, never>>;

/** Keys, then aggregates; these may use columns of the rows and the keys by their names. */
export type AggregateGroups<Row, Keys, Each> = Known<
  Row,
  AggregateNames<Each> | keyof Keys,
  Keys & Aggregated<Full<Row> & Omit<Keys, keyof Full<Row>>, Each, 'null of no rows'>
>;

/** Rows of two queries beside each other, as the compiler knows them. No code. */

import type { ResultRow } from '../engine/results/rows.js';
import type { Term } from '../expr/infer.js';
import type { hidden, IsOpen, Simplify, Visible } from './infer.js';

type Items<T> = T extends readonly (infer Item)[] ? Item : T;

/** A plain column among keys: it comes once where both sides call it so. */
type PlainColumn<Key> = Key extends string
  ? Key
  : Key extends Term<infer Value, infer Column, string>
    ? [Value] extends [`value of ${Column}` | `null of ${Column}`]
      ? Column
      : never
    : never;

type SharedKeys<Options> = Options extends { readonly on: infer On }
  ? PlainColumn<Items<On>>
  : Options extends { readonly leftOn: infer Left; readonly rightOn: infer Right }
    ? PlainColumn<Items<Left>> & PlainColumn<Items<Right>>
    : never;

type SuffixOf<Options> = Options extends { readonly suffix: infer Suffix extends string } ? Suffix : '_right';

/** Rows without a match have nulls on the right. */
type Unmatched<Options> = Options extends { readonly how: infer How } ? ('left' extends How ? null : never) : never;

/** The columns of the right side that are kept; names that the left side has take the suffix. */
type Beside<Left, Right, Kept extends keyof Right, Suffix extends string, Missing> = {
  [K in Kept as K extends keyof Left ? `${K & string}${Suffix}` : K]: Right[K] | Missing;
};

type IsUnknown<Left, Right, Suffix extends string> =
  | IsOpen<Left>
  | IsOpen<Right>
  | (string extends Suffix ? true : false);

export type Join<Left, Right, Options> =
  true extends IsUnknown<Left, Right, SuffixOf<Options>>
    ? ResultRow
    : Simplify<
        Visible<Left> &
          Beside<
            Left,
            Right,
            Exclude<keyof Right, typeof hidden | SharedKeys<Options>>,
            SuffixOf<Options>,
            Unmatched<Options>
          >
      >;

export type Zip<Left, Right, Suffix extends string> =
  true extends IsUnknown<Left, Right, Suffix>
    ? ResultRow
    : Simplify<Visible<Left> & Beside<Left, Right, Exclude<keyof Right, typeof hidden>, Suffix, never>>;

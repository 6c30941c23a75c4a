/**
 * The types of what a function takes and returns, inferred from its spec. A value has a type inside of the function (bytes are
 * `Bytes`, Lua strings there), and one outside of it (bytes are Buffers).
 */
import type { Bytes } from './bytes.js';
import type { Schema } from './schema.js';
import type { FunctionSpec } from './spec.js';

/** For hovering: one flat object instead of an intersection. */
type Flat<T> = { [K in keyof T]: T[K] };

type Fields = { readonly [name: string]: Schema };

type Optional<F extends Fields> = { [K in keyof F]: F[K] extends { kind: 'nullable' } ? K : never }[keyof F];

/** Where the schema is not known to the compiler. */
type AnySchema<S extends Schema> = [Schema] extends [S] ? true : false;

/** What the body gets. */
export type Inside<S extends Schema> =
  AnySchema<S> extends true
    ? unknown
    : S extends { kind: 'string' }
      ? string
      : S extends { kind: 'bytes' }
        ? Bytes
        : S extends { kind: 'number' | 'integer' }
          ? number
          : S extends { kind: 'boolean' }
            ? boolean
            : S extends { kind: 'null' }
              ? null
              : S extends { kind: 'array'; of: infer Of extends Schema }
                ? Inside<Of>[]
                : S extends { kind: 'record'; fields: infer F extends Fields }
                  ? { -readonly [K in keyof F]: Inside<F[K]> }
                  : S extends { kind: 'map'; of: infer Of extends Schema }
                    ? Record<string, Inside<Of>>
                    : S extends { kind: 'nullable'; of: infer Of extends Schema }
                      ? Inside<Of> | null
                      : never;

/** What somebody hands in: nullable fields may be left out. `B` is what bytes are there. */
type HandedIn<S extends Schema, B> =
  AnySchema<S> extends true
    ? unknown
    : S extends { kind: 'bytes' }
      ? B
      : S extends { kind: 'array'; of: infer Of extends Schema }
        ? readonly HandedIn<Of, B>[]
        : S extends { kind: 'record'; fields: infer F extends Fields }
          ? HandedInFields<F, B>
          : S extends { kind: 'map'; of: infer Of extends Schema }
            ? { readonly [name: string]: HandedIn<Of, B> }
            : S extends { kind: 'nullable'; of: infer Of extends Schema }
              ? HandedIn<Of, B> | null | undefined
              : Inside<S>;

type HandedInFields<F extends Fields, B> = Flat<
  { readonly [K in Exclude<keyof F, Optional<F>>]: HandedIn<F[K], B> } & {
    readonly [K in Optional<F>]?: HandedIn<F[K], B>;
  }
>;

/** What the body returns. */
export type Returned<S extends Schema> = HandedIn<S, Bytes>;

/** What a caller passes. */
export type Given<S extends Schema> = HandedIn<S, Uint8Array>;

/** What a caller gets. */
export type Result<S extends Schema> =
  AnySchema<S> extends true
    ? unknown
    : S extends { kind: 'bytes' }
      ? Buffer
      : S extends { kind: 'array'; of: infer Of extends Schema }
        ? Result<Of>[]
        : S extends { kind: 'record'; fields: infer F extends Fields }
          ? { -readonly [K in keyof F]: Result<F[K]> }
          : S extends { kind: 'map'; of: infer Of extends Schema }
            ? Record<string, Result<Of>>
            : S extends { kind: 'nullable'; of: infer Of extends Schema }
              ? Result<Of> | null
              : Inside<S>;

/** Keys and arguments that are none: `{}` would take anything. */
type None = Readonly<Record<string, never>>;

type Named<F, T> = [keyof F] extends [never] ? None : T;

export type KeysInside<S extends FunctionSpec> = {
  readonly [K in keyof S['keys']]: S['keys'][K] extends Schema ? Inside<S['keys'][K]> : never;
};
export type ArgsInside<S extends FunctionSpec> = {
  readonly [K in keyof S['args']]: S['args'][K] extends Schema ? Inside<S['args'][K]> : never;
};

/** Runs in the server, and in tests as plain JavaScript. */
export type Body<S extends FunctionSpec> = S['returns'] extends { kind: 'null' }
  ? (keys: KeysInside<S>, args: ArgsInside<S>) => void
  : (keys: KeysInside<S>, args: ArgsInside<S>) => Returned<S['returns']>;

export type GivenKeys<S extends FunctionSpec> = Named<S['keys'], HandedInFields<S['keys'], Uint8Array>>;
export type GivenArgs<S extends FunctionSpec> = Named<S['args'], HandedInFields<S['args'], Uint8Array>>;

/** Keys and arguments of a call, as parameters: what may be empty may be left out. `R` are those that follow. */
export type CallParameters<S extends FunctionSpec, R extends readonly unknown[] = []> =
  None extends GivenArgs<S>
    ? None extends GivenKeys<S>
      ? [keys?: GivenKeys<S>, args?: GivenArgs<S>, ...R]
      : [keys: GivenKeys<S>, args?: GivenArgs<S>, ...R]
    : [keys: GivenKeys<S>, args: GivenArgs<S>, ...R];

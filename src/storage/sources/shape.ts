/** What the sources made of JavaScript values share: options, and looking at the first item of a stream. */
import { ShardfoldError } from '../../errors.js';
import { parseType } from '../schema.js';
import type { ColumnType } from '../types.js';
import type { SourceField } from './source.js';

export interface ValueOptions {
  /** All columns and their types, in order. Data with any other column is refused; without it, types are inferred. */
  readonly schema?: Readonly<Record<string, ColumnType>> | readonly SourceField[];
  /** The types of some columns; those of the others are inferred. */
  readonly types?: Readonly<Record<string, ColumnType>>;
}

/** The columns of a schema given as a list or as an object; undefined where none is given. */
export function declaredFields(options: ValueOptions): SourceField[] | undefined {
  const { schema } = options;
  if (schema === undefined) return undefined;
  const list = Array.isArray(schema)
    ? (schema as readonly SourceField[])
    : entriesOf(schema as Record<string, ColumnType>);
  return list.map(({ name, type }) => ({ name, type: parseType(type) }));
}

function entriesOf(schema: Readonly<Record<string, ColumnType>>): SourceField[] {
  return Object.entries(schema).map(([name, type]) => ({ name, type }));
}

export function mismatch(message: string, hint?: string): ShardfoldError {
  return new ShardfoldError('SCHEMA_MISMATCH', message, hint === undefined ? {} : { hint });
}

export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

export function isIterable(value: unknown): value is AnyIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/** An iterator of either kind, as an asynchronous one that can be told to stop. */
export function iteratorOf<T>(items: AnyIterable<T>): { next(): Promise<IteratorResult<T>>; stop(): Promise<void> } {
  const iterator =
    Symbol.asyncIterator in items
      ? (items as AsyncIterable<T>)[Symbol.asyncIterator]()
      : (items as Iterable<T>)[Symbol.iterator]();
  return {
    next: async () => await iterator.next(),
    stop: async () => {
      await iterator.return?.();
    },
  };
}

/** Takes the first item off a stream: the rest begins with it again, and can be read once. */
export async function peek<T>(items: AnyIterable<T>): Promise<{ first: T | undefined; rest: AsyncIterable<T> }> {
  const iterator = iteratorOf(items);
  const head = await iterator.next();
  let taken = false;
  const rest = {
    async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
      if (taken) throw new ShardfoldError('INVALID_ARGUMENT', 'this source has been read already', { hint: ONCE });
      taken = true;
      try {
        for (let item = head; !item.done; item = await iterator.next()) yield item.value;
      } finally {
        await iterator.stop();
      }
    },
  };
  return { first: head.done ? undefined : head.value, rest };
}

export const ONCE = 'a generator can be read once: hand in a new one';

/** The user's wishes about columns, resolved against the columns that the data has. */
import { ShardfoldError } from '../../errors.js';
import { shellWord } from '../../shell-words.js';
import { closest } from '../../suggest.js';
import { asKey, parseType } from '../schema.js';
import type { ColumnType } from '../types.js';
import type { ColumnWishes } from './source.js';

export interface ResolvedWishes {
  /** The type wanted for a column of the data, undefined where it is to be inferred. */
  typeOf(name: string): ColumnType | undefined;
  /** Its name in the table. */
  nameOf(name: string): string;
  readonly truncate: boolean;
}

/** How a user gives a column another name: in a program, and on the command line. */
export function asRename(name: string): string {
  return `rename: { ${asKey(name)}: 'other' }, or --rename ${shellWord(`${name}=other`)}`;
}

/** @throws UNKNOWN_COLUMN for a wish about a column that is not there; INVALID_ARGUMENT for names that would meet */
export function resolveWishes(names: readonly string[], wishes: ColumnWishes): ResolvedWishes {
  const renames = new Map(Object.entries(wishes.rename ?? {}));
  for (const name of renames.keys()) if (!names.includes(name)) throw unknownColumn(name, names);
  const nameOf = (name: string) => renames.get(name) ?? name;
  const taken = new Set<string>();
  for (const name of names.map(nameOf)) {
    if (taken.has(name)) {
      throw new ShardfoldError('INVALID_ARGUMENT', `two columns would be called "${name}"`, {
        hint: asRename(name),
      });
    }
    taken.add(name);
  }
  const types = new Map<string, ColumnType>();
  for (const [wished, type] of Object.entries(wishes.types ?? {})) {
    const name = names.includes(wished) ? wished : names.find((candidate) => nameOf(candidate) === wished);
    if (name === undefined) throw unknownColumn(wished, names);
    types.set(name, parseType(type));
  }
  return { typeOf: (name) => types.get(name), nameOf, truncate: wishes.truncate ?? false };
}

/** @throws UNKNOWN_COLUMN for a type that was given to no column of the data */
export function checkTypes(types: ColumnWishes['types'], names: readonly string[]): void {
  const unknown = Object.keys(types ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownColumn(unknown, names);
}

function unknownColumn(name: string, names: readonly string[]): ShardfoldError {
  const near = closest(name, names);
  const known = `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
  return new ShardfoldError('UNKNOWN_COLUMN', `the data has no column "${name}"`, {
    hint: `${near === undefined ? '' : `did you mean "${near}"? `}its columns are ${known}`,
  });
}

/** The functions that this version of Shardfold runs in the servers. Name, hash and code belong together. */
import bundled from '../../lua/library.lua';
import type { Bundle } from './bundle.js';

export type Library = Bundle;

export const library: Library = bundled;

/** The name on the servers. Two versions of a library live side by side, since their hashes differ. */
export const functionName = (name: string, { hash }: Pick<Library, 'hash'> = library): string => `${name}_${hash}`;

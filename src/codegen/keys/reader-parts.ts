/** What readers of keys are put together from. */

import type { KeySource } from '../../plan/keys/source.js';
import type { ReadColumn } from './attributes.js';
import type { ScoreReading } from './score-reading.js';

/** Helpers of all readers. An error that is none of type (no permission, a slot that is elsewhere) ends the call: nothing may be passed over. */
const COMMON = `local key_pcall = redis.pcall
local function key_other(reply)
  if sub(reply.err, 1, 9) ~= 'WRONGTYPE' then error(reply) end
  return 1
end
local function key_is(key, name) return call('TYPE', key).ok == name end`;

/** Lua before the loop, each piece once, and the arguments that it binds. */
export class ReaderParts {
  readonly #setup = new Set<string>([COMMON]);
  readonly #args: (string | Buffer)[] = [];

  /** Asks for pieces of Lua, which may stand on pieces asked for before. */
  use(pieces: readonly string[]): void {
    for (const piece of pieces) this.#setup.add(piece);
  }

  /** Lua for a user's text, which travels as an argument. */
  text(value: string): string {
    const known = this.#args.indexOf(value);
    if (known < 0) this.#args.push(value);
    return `key_args[${known < 0 ? this.#args.length : known + 1}]`;
  }

  get args(): readonly (string | Buffer)[] {
    return this.#args;
  }

  setup(arg: (k: number) => string): string[] {
    const bound = this.#args.map((_, k) => arg(k)).join(', ');
    return [...(this.#args.length > 0 ? [`local key_args = { ${bound} }`] : []), ...this.#setup];
  }
}

export interface ReaderContext {
  readonly source: KeySource;
  readonly columns: readonly ReadColumn[];
  readonly parts: ReaderParts;
  /** Of sorted sets, unless all rows are read. */
  readonly scores?: ScoreReading | undefined;
  /** Whether a string must be read where it lies: one that is too large for that is an error then, and else reported. */
  readonly mustRead?: boolean | undefined;
}

/** Given the code of a row, Lua for one key. Its parts have all been asked for when it is made. */
export type Wrap = (row: string) => string;

export const COUNT_KEY = 'matched = matched + 1';
export const REPORT_LARGE = 'large[#large + 1] = key large[#large + 1] = key_n';
export const COUNT_ROW = 'matched = matched + 1 rows_read = rows_read + 1';
export const COUNT_OTHER = 'other_type = other_type + 1';

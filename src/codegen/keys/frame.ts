/** Work on rows framed as a script over keys: slot by slot, key by key, row by row. */

import { luaGlob } from '../../plan/keys/glob-lua.js';
import type { KeySource } from '../../plan/keys/source.js';
import { packDoubles, packSet } from '../arguments.js';
import type { FoldBody } from '../body.js';
import { findGroup } from '../groups.js';
import { variable } from '../ir.js';
import { startSlice } from '../lua-kernel.js';
import { withHead } from '../lua-pieces.js';
import { resultOf } from '../lua-reply.js';
import { bindConstants, type KernelParts } from '../lua-runtime.js';
import { printLua, printLuaExpression } from '../print.js';
import { COLUMN_NAMES } from './column-locals.js';
import { keyReader } from './readers.js';
import { SCORE_WEIGHT, type ScoreReading } from './score-reading.js';
import { eachName, FREEING_SHEBANG, SHEBANG, WALK, WRITING_SHEBANG } from './slots-lua.js';
import { namingKeys } from './write-errors-lua.js';

export interface KeyFrame {
  readonly lua: string;
  /** The arguments behind the constants and the address of the shard. */
  readonly args: readonly (string | Buffer)[];
}

/** What is done with the rows of keys. Its constants are all known: whatever needs them has been printed. */
export interface RowWork {
  readonly parts: KernelParts;
  /** Lua before the first key. */
  readonly before: readonly string[];
  /** Lua of one row, whose columns are in locals. */
  readonly row: string;
  /** Lua that leaves what is said of all rows in `result`. */
  readonly result: readonly string[];
  /** Whether it writes; `less` where that takes no more memory. */
  readonly writes?: false | 'more' | 'less';
  /** Whether rows cannot be computed elsewhere: then a value that is too large to be read there is an error. */
  readonly mustRead?: boolean;
}

/** Numbers of constants stand in ARGV[2], behind the call; strings, sets and lists follow. */
const PLACES = { first: 0, argument: 3 } as const;
/**
 * Rows of keys that have several, which a call should read: about a millisecond's worth. A key that would make them more is read in slices
 * of its own, unless it has few.
 */
const CALL_ROWS: Partial<Record<KeySource['kind'], number>> = { zset: 1024, set: 1024, list: 1024, packed: 8192 };
const FEW_ROWS = 16;

const SHEBANGS = { more: WRITING_SHEBANG, less: FREEING_SHEBANG } as const;

/** @param scores how sorted sets are read */
export function keyFrame(
  { parts, before, row, result, writes = false, mustRead }: RowWork,
  source: KeySource,
  scores?: ScoreReading,
): KeyFrame {
  const { constants, lists, shape } = parts;
  const shard = PLACES.argument + constants.strings.length + constants.sets.length + lists.length;
  const own = (k: number): string => `ARGV[${shard + 1 + k}]`;
  const glob = luaGlob(source.pattern, own);
  const arg = (k: number): string => own(glob.args.length + k);
  const reader = keyReader(source, shape.columns, { arg, scores, mustRead });
  const lines = [
    WALK,
    "local H = { unpack_one('<' .. rep('d', #ARGV[2] / 8), ARGV[2]) }",
    ...bindConstants(parts, PLACES),
    ...before,
    `local matched, rows_read, other_type, unparsable, bad_key, bad_column, large = 0, 0, 0, 0, '', 0, {}`,
    `local shard_name, max_members, key = ARGV[${shard}], 0, ''`,
    'local find = string.find',
    ...glob.setup,
    ...reader.setup,
    ...eachName(
      [
        glob.test === 'true' ? 'do' : `if ${glob.test} then`,
        ...roomFor(source),
        ...(writes ? ['at_key, at_slot = key, walk.slot'] : []),
        reader.wrap(row),
        'end',
      ],
      'key = names[i]',
    ),
    ...result,
    'return key_reply(result, matched, rows_read, other_type, unparsable, bad_column, bad_key, large)',
  ];
  const text = withHead(lines.join('\n'));
  return {
    lua: writes ? `${SHEBANGS[writes]}\n${namingKeys(text)}` : `${SHEBANG}\n${text}`,
    args: [...glob.args, ...reader.args],
  };
}

/** Leaves in `max_members` how many rows a key may have to be read at once. */
function roomFor({ kind }: KeySource): string[] {
  const rows = CALL_ROWS[kind];
  if (rows === undefined) return [];
  return [`max_members = ${rows} - rows_read`, `if max_members < ${FEW_ROWS} then max_members = ${FEW_ROWS} end`];
}

/** The script's own arguments, behind the call. @param numbers the constants that are numbers, where they are others by now */
export function frameArguments(
  { constants, lists }: KernelParts,
  { args }: KeyFrame,
  shard: string,
  numbers: readonly number[] = constants.numbers,
): (string | Buffer)[] {
  return [
    packDoubles(numbers),
    ...constants.strings.map((text) => Buffer.from(text, 'latin1')),
    ...constants.sets.map(({ values }) => packSet(values)),
    ...lists.map(packDoubles),
    shard,
    ...args,
  ];
}

/** A fold of the rows. */
export function foldWork(body: FoldBody, scores?: ScoreReading): RowWork {
  // How many rows a row stands for, where it is not one.
  const weight = scores?.byEnds ? variable(SCORE_WEIGHT) : undefined;
  const hooks = { names: COLUMN_NAMES, deliver: () => [], weight };
  const row = body.row(hooks, (values, outer) => findGroup(body, values, outer, weight));
  const count = `rows = rows + ${weight === undefined ? '1' : printLuaExpression(weight)}\n`;
  return {
    parts: body,
    before: startSlice(body, []),
    row: `${body.unconditional ? count : ''}${printLua(row)}`,
    result: resultOf(body),
  };
}

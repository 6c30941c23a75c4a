/** The names of the keys of one type under a pattern, listed without reading the keys. */

import { ShardfoldError } from '../../errors.js';
import type { TypedExpr } from '../../expr/typed.js';
import { allRows } from '../../plan/build.js';
import { makeKeySource } from '../../plan/keys/make-source.js';
import { keysSnapshot } from '../../plan/keys/snapshot.js';
import type { Part } from '../../plan/relation.js';
import type { Columns } from '../local-table.js';
import type { Receipt } from '../receipt.js';
import { KernelTooLarge } from '../shard-side.js';
import type { KeysRun } from './page-types.js';
import { scanRaw } from './raw-scan.js';
import { scanKeys } from './scan.js';

/** About 150 bytes each. */
const MOST_NAMES = 4_000_000;

export interface KeyNames {
  readonly names: readonly Buffer[];
  readonly receipt: Receipt;
}

/**
 * Each key that is there throughout comes once. Memory: the names. O(keys under the pattern, and slots).
 * @param type as the command TYPE says it
 * @throws TOO_MANY_KEYS beyond 4,000,000; SLOTS_UNSETTLED, …
 */
export async function keyNames({ link, run, context }: KeysRun, pattern: string, type: string): Promise<KeyNames> {
  const keys = makeKeySource({ kind: 'keys', pattern });
  const { parts } = allRows({ kind: 'keys', keys });
  const [part] = parts as readonly [Part];
  const filter: TypedExpr = {
    kind: 'compare',
    type: 'bool',
    op: 'eq',
    left: part.scope.get('type') as TypedExpr,
    right: { kind: 'literal', type: 'utf8', value: type },
  };
  const names: Buffer[] = [];
  const take = (found: Columns[number]): undefined => {
    for (const name of found) names.push(Buffer.from(name as string, 'latin1'));
    if (names.length > MOST_NAMES) throw tooMany(pattern);
  };
  const scan = { part: { ...part, filter }, outputs: [{ name: 'key', type: 'utf8' as const }] };
  const work = { link, context, options: run, snapshot: keysSnapshot(keys) };
  try {
    return { names, receipt: await scanKeys(work, scan, ([found = []]) => take(found)) };
  } catch (error) {
    if (!(error instanceof KernelTooLarge)) throw error;
    // This process may make no more kernels: the types come here as well.
    const columns = ['key', 'type'].map((name) => keys.columns.findIndex((column) => column.name === name));
    const receipt = await scanRaw(work, columns, undefined, ([found = [], types = []]) =>
      take(found.filter((_, i) => types[i] === type)),
    );
    return { names, receipt };
  }
}

const tooMany = (pattern: string): ShardfoldError =>
  new ShardfoldError(
    'TOO_MANY_KEYS',
    `there are more than ${MOST_NAMES.toLocaleString('en-GB')} keys under ${JSON.stringify(pattern)}`,
    { hint: 'their names are held in this process: take a narrower pattern' },
  );

/** The sorted sets of a leaderboard, with how many rows each has: counted, not read. */

import { allRows, foldOf } from '../../plan/build.js';
import type { KeysPart } from '../../plan/keys/pulled.js';
import type { Part, RowsRelation } from '../../plan/relation.js';
import { execute } from '../execute.js';
import type { Receipt } from '../receipt.js';
import type { KeysRun } from './page-types.js';

export interface BoardKeys {
  /** Those that have rows. */
  readonly keys: readonly Buffer[];
  readonly rows: number;
  readonly receipt: Receipt;
}

/**
 * One pass over the keys of the pattern by ZCARD, or ZCOUNT where the part has a filter: exact as any fold over keys. Memory: the names.
 * @param part whose filter says no more than a range of scores
 * @throws TOO_MANY_GROUPS beyond 4,000,000 keys (`maxGroups`), and what folds over keys throw
 */
export async function boardKeys({ link, run, context }: KeysRun, { source, filter }: KeysPart): Promise<BoardKeys> {
  const all = allRows(source);
  const [part] = all.parts as readonly [Part];
  const rows: RowsRelation = { ...all, parts: [{ ...part, filter }] };
  const counted = foldOf(
    rows,
    [{ name: 'key', node: { kind: 'column', name: 'key' } }],
    [{ name: 'rows', node: { kind: 'aggregate', aggregate: 'count', args: [] } }],
  );
  const keys: Buffer[] = [];
  let total = 0;
  const batches = execute(link, counted, run, context).batches();
  let step = await batches.next();
  for (; !step.done; step = await batches.next()) {
    const [names = [], counts = []] = step.value;
    for (const name of names) keys.push(Buffer.from(name as string, 'latin1'));
    for (const count of counts) total += count as number;
  }
  return { keys, rows: total, receipt: step.value };
}

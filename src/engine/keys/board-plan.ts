/** Pages of plain queries over sorted sets, found as pages of a leaderboard. */

import type { Physical } from '../../expr/typed.js';
import type { KeysPart } from '../../plan/keys/pulled.js';
import { type ScoreRange, scoreFilter } from '../../plan/keys/score-range.js';
import { nameOfKeys } from '../../plan/keys/snapshot.js';
import type { OrderBy, Output } from '../../plan/relation.js';
import type { BoardRow } from './board.js';
import { keyNames } from './key-names.js';
import { boardPage } from './leaderboard.js';
import type { KeysPage, KeysPageRange, KeysRun } from './page-types.js';
import { ShortcutReceiptBuilder } from './shortcut-receipt.js';

type Field = 'key' | 'member' | 'score';

interface BoardPlan {
  /** `zset("board:*")` */
  readonly name: string;
  readonly pattern: string;
  readonly descending: boolean;
  readonly range: ScoreRange;
  readonly fields: readonly Field[];
}

/**
 * Rows of sorted sets, ordered by score alone, of which key, member and score are shown and no more than a range of scores is asked;
 * undefined for anything else.
 * @param order the total order
 */
export function boardPlanOf(
  part: KeysPart,
  order: readonly OrderBy[],
  outputs: readonly Output[],
): BoardPlan | undefined {
  const { keys } = part.source;
  if (keys.kind !== 'zset') return undefined;
  const [first, ...ties] = order.map(({ expr }) => fieldOf(part, expr));
  const plain = first === 'score' && ties.join() === 'key,member';
  const { range, rest } = scoreFilter(part.filter, keys);
  if (!plain || rest.length > 0) return undefined;
  const fields = outputs.map(({ name }) => fieldOf(part, part.scope.get(name)));
  if (!fields.every((field) => field !== undefined)) return undefined;
  return { name: nameOfKeys(keys), pattern: keys.pattern, descending: order[0]?.descending === true, range, fields };
}

function fieldOf({ source: { keys } }: KeysPart, expr: OrderBy['expr'] | undefined): Field | undefined {
  const of = expr?.kind === 'column' ? keys.columns[expr.index]?.from.of : undefined;
  return of === 'key' || of === 'member' || of === 'score' ? of : undefined;
}

export async function pageOfBoard(
  work: KeysRun,
  { name, pattern, descending, range, fields }: BoardPlan,
  { last, skip, most }: KeysPageRange,
): Promise<KeysPage> {
  const listed = await keyNames(work, pattern, 'zset');
  const receipt = new ShortcutReceiptBuilder();
  const { link, context } = work;
  const board = { link, context, receipt, keys: listed.names, descending, range };
  const { rows } = await boardPage(board, { size: most, offset: skip, ...(last && { after: placeOf(last) }) });
  const { serverMs, longestCallMs } = receipt.finish(context.tally);
  return {
    columns: fields.map((field) => rows.map((row) => fieldValue(row, field))),
    places: rows.map((row) => [row.score, fieldValue(row, 'key'), fieldValue(row, 'member')]),
    receipt: {
      ...listed.receipt,
      table: name,
      keys: (listed.receipt.keys ?? []).map((each) => ({ ...each, source: name })),
      serverMs: listed.receipt.serverMs + serverMs,
      longestCallMs: Math.max(listed.receipt.longestCallMs, longestCallMs),
    },
  };
}

/** Texts have one char a byte. */
const fieldValue = (row: BoardRow, field: Field): Physical =>
  field === 'score' ? row.score : row[field].toString('latin1');

function placeOf([score, key, member]: readonly Physical[]) {
  const bytes = (text: Physical | undefined): Buffer => Buffer.from(text as string, 'latin1');
  return { score: score as number, ties: { key: bytes(key), member: bytes(member) } };
}

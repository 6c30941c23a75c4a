/** Pages of plain queries over sorted sets, found as pages of a leaderboard. */

import type { ComparisonOp } from '../../expr/nodes.js';
import type { Physical, TypedExpr } from '../../expr/typed.js';
import type { KeysPart } from '../../plan/keys/pulled.js';
import { type ScoreRange, scoreFilter } from '../../plan/keys/score-range.js';
import type { OrderBy, Output } from '../../plan/relation.js';
import type { Board, BoardRow, Place } from './board.js';
import { boardKeys } from './board-keys.js';
import { seek } from './board-seek.js';
import { countsByWalks } from './board-walk.js';
import { bySlot } from './key-batches.js';
import { boardPage } from './leaderboard.js';
import type { KeysPage, KeysPageRange, KeysRun } from './page-types.js';
import { type ShortcutReceipt, ShortcutReceiptBuilder } from './shortcut-receipt.js';

type Field = 'key' | 'member' | 'score';

interface BoardPlan {
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
  return { descending: order[0]?.descending === true, range, fields };
}

function fieldOf({ source: { keys } }: KeysPart, expr: OrderBy['expr'] | undefined): Field | undefined {
  const of = expr?.kind === 'column' ? keys.columns[expr.index]?.from.of : undefined;
  return of === 'key' || of === 'member' || of === 'score' ? of : undefined;
}

/** Where a page begins: the rows for which a condition holds, but for so many. */
export interface PageStart {
  readonly rows: TypedExpr;
  readonly skip: number;
  /** What it took to find it. */
  readonly cost: Pick<ShortcutReceipt, 'serverMs' | 'longestCallMs'>;
}

/**
 * A page of few or large sorted sets, by calls for each slot. Of many small ones calls that read all rows of many slots take less: then
 * it is where the page begins that is found, for an offset that is large; and undefined for others.
 */
export async function pageOfBoard(
  work: KeysRun,
  { descending, range, fields }: BoardPlan,
  part: KeysPart,
  { last, skip, most }: KeysPageRange,
): Promise<KeysPage | PageStart | undefined> {
  const counted = await boardKeys(work, part);
  if (counted.rows <= skip) return { columns: fields.map(() => []), places: [], receipt: counted.receipt };
  const { link, context } = work;
  const receipt = new ShortcutReceiptBuilder();
  const board: Board = { link, context, receipt, keys: counted.keys, descending, range };
  const slots = bySlot(link, counted.keys).length;
  if (counted.rows < ROWS_A_CALL * slots) {
    if (skip <= FEW_ROWS) return undefined;
    receipt.passed(counted.receipt);
    const countRanges = countsByWalks(work, part.source.keys, receipt);
    const found = await seek({ ...board, countRanges }, skip, Math.max(most, FEW_ROWS));
    const cost = receipt.finish(context.tally);
    return found && { rows: after(part, descending, found.start), skip: found.skip, cost };
  }
  const { rows } = await boardPage(board, { size: most, offset: skip, ...(last && { after: placeOf(last) }) });
  const { serverMs, longestCallMs } = receipt.finish(context.tally);
  return {
    columns: fields.map((field) => rows.map((row) => fieldValue(row, field))),
    places: rows.map((row) => [row.score, fieldValue(row, 'key'), fieldValue(row, 'member')]),
    receipt: {
      ...counted.receipt,
      serverMs: counted.receipt.serverMs + serverMs,
      longestCallMs: Math.max(counted.receipt.longestCallMs, longestCallMs),
    },
  };
}

/** A call for one slot takes about as long as reading so many rows. */
const ROWS_A_CALL = 50;
/** Rows that may as well be read. */
const FEW_ROWS = 1024;

/** Which rows come after a place. */
function after({ source: { keys } }: KeysPart, descending: boolean, { score, ties }: Place): TypedExpr {
  const compare = (of: Field, op: ComparisonOp, value: Physical): TypedExpr => {
    const index = keys.columns.findIndex(({ from }) => from.of === of);
    const { type } = keys.columns[index] as (typeof keys.columns)[number];
    const left: TypedExpr = { kind: 'column', type, index };
    return { kind: 'compare', type: 'bool', op, left, right: { kind: 'literal', type: left.type, value } };
  };
  const both = (left: TypedExpr, right: TypedExpr, op: 'and' | 'or'): TypedExpr => ({
    kind: 'logic',
    type: 'bool',
    op,
    left,
    right,
  });
  const worse = compare('score', descending ? 'lt' : 'gt', score);
  const notBetter = compare('score', descending ? 'ltEq' : 'gtEq', score);
  if (ties === 'before') return notBetter;
  if (ties === 'behind') return worse;
  const key = ties.key.toString('latin1');
  const later =
    ties.member === undefined
      ? compare('key', 'gtEq', key)
      : both(
          compare('key', 'gt', key),
          both(compare('key', 'eq', key), compare('member', 'gt', ties.member.toString('latin1')), 'and'),
          'or',
        );
  return both(notBetter, both(worse, later, 'or'), 'and');
}

/** Texts have one char a byte. */
const fieldValue = (row: BoardRow, field: Field): Physical =>
  field === 'score' ? row.score : row[field].toString('latin1');

function placeOf([score, key, member]: readonly Physical[]) {
  const bytes = (text: Physical | undefined): Buffer => Buffer.from(text as string, 'latin1');
  return { score: score as number, ties: { key: bytes(key), member: bytes(member) } };
}

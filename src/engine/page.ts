/**
 * Pages of a query. All pages of one reading see the versions of the tables that the first one saw: each goes on after the last row
 * of the page before (keyset pagination), so that no row comes twice and none is missed, whatever is appended meanwhile.
 */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { Entry } from '../codegen/rows-entries.js';
import { ShardfoldError, showValue } from '../errors.js';
import { rowsOfKeys, totalOrder } from '../plan/keys/order.js';
import { type KeysPart, readsKeys } from '../plan/keys/pulled.js';
import { lower } from '../plan/lower.js';
import { inputsOf, type PlanNode } from '../plan/nodes.js';
import type { OrderBy, Output, Relation, RowsRelation } from '../plan/relation.js';
import { rowSpec } from '../plan/rows-spec.js';
import { openVersion } from '../storage/open-version.js';
import type { TableSnapshot } from '../storage/types.js';
import { checkOptions } from './check-options.js';
import { type Cursor, checkCursor, decodeCursor, encodeCursor, invalidCursor, planDigest } from './cursor.js';
import { execute } from './execute.js';
import { pageOfKeys } from './keys/page.js';
import type { Columns } from './local-table.js';
import { COLLECT_OPTIONS, type CollectOptions, type RunOptions, runOptions } from './options.js';
import { combineReceipts, type Receipt } from './receipt.js';
import { type OpenPlan, openPlan, openWith } from './results/open.js';
import { onNewest } from './results/source.js';
import { numberedRows } from './scan.js';
import type { RowWork } from './scan-spec.js';
import { selectRank } from './selection.js';
import { topRows } from './top.js';

export interface PageOptions extends CollectOptions {
  /** Rows a page, at most 10,000. */
  readonly size: number;
  /** The `next` of the page before; without it, or with null, this is the first page. */
  readonly after?: string | null | undefined;
  /** Rows to be passed over before the first page; they are counted in the shards, and do not travel. */
  readonly offset?: number;
}

const PAGE_OPTIONS = [...COLLECT_OPTIONS, 'size', 'after', 'offset'];
export const MAX_PAGE_ROWS = 10_000;
/** Rows that a first page may pass over in heaps; beyond that they are counted. */
const FEW_ROWS = 1024;

export interface PageResult {
  readonly outputs: readonly Output[];
  readonly columns: Columns;
  /** For the page after this one; undefined where this is the last. */
  readonly next: string | undefined;
  readonly receipt: Receipt;
}

/** @throws INVALID_ARGUMENT, INVALID_CURSOR, TABLE_NOT_FOUND, VERSION_COLLECTED; whatever running the query may throw */
export async function pageQuery(link: ClusterLink, plan: PlanNode, options: PageOptions): Promise<PageResult> {
  if (typeof options !== 'object' || options === null) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'page() needs the number of its rows', { hint: 'page({ size: 20 })' });
  }
  checkOptions(options, PAGE_OPTIONS);
  const { size, offset } = options;
  const after = options.after ?? undefined;
  checkPage(options);
  const context = link.context({
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(options.signal && { signal: options.signal }),
  });
  const run = runOptions(options);
  const work = { link, run, context };
  if (after !== undefined) {
    const cursor = decodeCursor(after);
    if (!isOpen(plan)) checkCursor(cursor, plan);
    const opened = await pinned(link, plan, cursor, context);
    checkCursor(cursor, opened.plan);
    return new Pages(work, opened).page(size, cursor);
  }
  let opened: OpenPlan | undefined;
  const source = {
    context,
    run,
    bind: async () => {
      opened = await openPlan(link, plan, context);
      return lower(opened.plan, opened.tables);
    },
    start: (relation: Relation) => execute(link, relation, run, context),
  };
  return onNewest(source, () => {
    const { plan: whole, tables } = opened as OpenPlan;
    const refs = [...tables].map(([name, { tableId, version }]) => ({ name, tableId, version }));
    const first: Cursor = { position: offset ?? 0, last: undefined, tables: refs, digest: planDigest(whole) };
    return new Pages(work, { plan: whole, tables }).page(size, first);
  });
}

/** Whether a plan is yet to be made, of the schemas of its tables. */
const isOpen = (plan: PlanNode): boolean => plan.kind === 'deferred' || inputsOf(plan).some(isOpen);

function checkPage({ size, after, offset }: PageOptions): void {
  const invalid = (message: string, hint: string) => new ShardfoldError('INVALID_ARGUMENT', message, { hint });
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_ROWS) {
    throw invalid(`a page of ${showValue(size)} rows`, `size is from 1 to ${MAX_PAGE_ROWS}; for all rows use stream()`);
  }
  if (offset === undefined) return;
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw invalid(`offset is ${showValue(offset)}`, 'a whole number from 0');
  if (after !== undefined && after !== null)
    throw invalid('a page has a cursor and an offset', 'the cursor says where it begins');
}

/** The plan on the versions that a cursor is pinned to. */
async function pinned(link: ClusterLink, plan: PlanNode, cursor: Cursor, context: CallContext): Promise<OpenPlan> {
  const snapshots = await Promise.all(
    cursor.tables.map(async (ref): Promise<[string, TableSnapshot]> => {
      const snapshot = await openVersion(link, ref, context);
      if (snapshot === undefined) throw invalidCursor(`names a version of table "${ref.name}" that never was`);
      return [ref.name, snapshot];
    }),
  );
  const known = new Map(snapshots);
  const open = async (name: string): Promise<TableSnapshot> => {
    const snapshot = known.get(name);
    if (snapshot === undefined) throw invalidCursor('belongs to another query');
    return snapshot;
  };
  return openWith({ link, context, open }, plan);
}

interface PageWork {
  readonly link: ClusterLink;
  readonly run: RunOptions;
  readonly context: CallContext;
}

/** Rows of a page and one more, if there is one. */
interface Found {
  readonly columns: Columns;
  readonly entries: readonly Entry[] | undefined;
}

class Pages {
  readonly #work: PageWork;
  readonly #relation: Relation;
  readonly #started = performance.now();
  readonly #receipts: Receipt[] = [];

  constructor(work: PageWork, { plan, tables }: OpenPlan) {
    this.#work = work;
    this.#relation = lower(plan, tables);
  }

  async page(size: number, cursor: Cursor): Promise<PageResult> {
    const { context } = this.#work;
    const relation = this.#relation;
    const keyed = isKeyed(relation);
    const ofKeys = relation.kind === 'rows' ? rowsOfKeys(relation) : undefined;
    if (ofKeys === undefined && readsKeys(relation)) throw noPages();
    const left =
      relation.kind === 'rows' && (keyed || ofKeys) && relation.count !== undefined
        ? Math.max(0, relation.count - cursor.position)
        : undefined;
    const most = Math.min(size + 1, left ?? size + 1);
    const found = ofKeys
      ? await this.#ofKeys(relation as RowsRelation, ofKeys, cursor, most)
      : keyed
        ? await this.#keyed(relation, cursor, most)
        : await this.#counted(cursor.position, most);
    const rows = Math.min(size, found.columns[0]?.length ?? 0);
    const whole = (found.columns[0]?.length ?? 0) <= size;
    const last = found.entries?.[rows - 1];
    const position = cursor.position + rows;
    return {
      outputs: relation.outputs,
      columns: whole ? found.columns : found.columns.map((values) => values.slice(0, rows)),
      next: whole ? undefined : encodeCursor({ ...cursor, position, last }),
      receipt: combineReceipts(this.#receipts, context.tally, performance.now() - this.#started),
    };
  }

  /** Rows of keys as they are now, after the place of the row before them. */
  async #ofKeys(relation: RowsRelation, part: KeysPart, { position, last }: Cursor, most: number): Promise<Found> {
    const order = totalOrder(part, relation.order[0] ?? []);
    if (last !== undefined && !fitsKeys(last.keys, order)) throw invalidCursor('is damaged');
    const skip = last === undefined ? relation.offset + position : 0;
    const { columns, places, receipt } = await pageOfKeys(this.#work, relation, part, { last: last?.keys, skip, most });
    this.#receipts.push(receipt);
    return { columns, entries: places.map((keys) => ({ row: 0, keys })) };
  }

  /** Rows of one table, found by the keys and the number of the row before them. */
  async #keyed(relation: RowsRelation, { position, last }: Cursor, most: number): Promise<Found> {
    const { link, run: options, context } = this.#work;
    const [part] = relation.parts as readonly [RowsRelation['parts'][number]];
    const order = relation.order[0] ?? [];
    if (part.source.kind !== 'table') throw new TypeError('rows of no table');
    const keys = order.map(({ expr }) => expr);
    const spec = rowSpec(part, relation.outputs, keys, part.source.snapshot);
    const work: RowWork = { link, spec, options, context };
    if (last !== undefined) checkKeys(last, order, spec.snapshot);
    const skip = last === undefined ? relation.offset + position : 0;
    return order.length === 0
      ? this.#inOrder(work, { last, skip }, most)
      : this.#sorted(work, order, { last, skip }, most);
  }

  async #sorted(
    work: RowWork,
    order: readonly OrderBy[],
    { last, skip }: { last: Entry | undefined; skip: number },
    most: number,
  ): Promise<Found> {
    const counted = last === undefined && skip > FEW_ROWS;
    const after = counted ? await this.#entryAt(work, order, skip - 1) : last;
    if (counted && after === undefined) return { columns: [], entries: [] };
    const range = { limit: most, offset: counted ? 0 : skip, ...(after && { after }) };
    const { columns, keys, receipt } = await topRows(work, order, range);
    this.#receipts.push(receipt);
    return { columns, entries: keys };
  }

  async #inOrder(
    work: RowWork,
    { last, skip }: { last: Entry | undefined; skip: number },
    most: number,
  ): Promise<Found> {
    let fromRow = last === undefined ? skip : last.row + 1;
    if (last === undefined && skip > 0 && work.spec.filter !== undefined) {
      const before = await this.#entryAt(work, TABLE_ORDER, skip - 1);
      if (before === undefined) return { columns: [], entries: [] };
      fromRow = before.row + 1;
    }
    const batches = numberedRows(work, { offset: 0, limit: most, fromRow });
    const columns: Columns[number][number][][] = work.spec.outputs.map(() => []);
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      for (const [i, values] of step.value.entries()) for (const value of values) columns[i]?.push(value);
    }
    this.#receipts.push(step.value.receipt);
    return { columns, entries: step.value.rows.map((row) => ({ row, keys: [] })) };
  }

  async #entryAt(work: RowWork, order: readonly OrderBy[], rank: number): Promise<Entry | undefined> {
    const { entry, receipt } = await selectRank(work, order, rank);
    this.#receipts.push(receipt);
    return entry;
  }

  /** Rows of anything else, told by their position in the result: its tables do not change, nor does their order. */
  async #counted(position: number, most: number): Promise<Found> {
    const { link, run, context } = this.#work;
    const columns: Columns[number][number][][] = this.#relation.outputs.map(() => []);
    let [skip, left] = [position, most];
    const batches = execute(link, this.#relation, run, context).batches();
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      const rows = step.value[0]?.length ?? 0;
      const [from, to] = [Math.min(skip, rows), Math.min(rows, skip + left)];
      skip -= from;
      left -= to - from;
      for (const [i, values] of step.value.entries())
        for (const value of values.slice(from, to)) columns[i]?.push(value);
    }
    this.#receipts.push(step.value);
    return { columns, entries: undefined };
  }
}

/** The order of the table: all rows are equal but for their numbers. */
const TABLE_ORDER: readonly OrderBy[] = [
  { expr: { kind: 'literal', type: 'null', value: null }, descending: false, nullsFirst: false },
];

/** Whether rows can be found by a key: those of one table, neither joined nor aggregated. */
function isKeyed(relation: Relation): relation is RowsRelation {
  if (relation.kind !== 'rows') return false;
  const [part, ...others] = relation.parts;
  return part?.source.kind === 'table' && others.length === 0 && part.lookups.length === 0;
}

/** @throws INVALID_CURSOR where the keys cannot be those of a row of this query */
function checkKeys({ row, keys }: Entry, order: readonly OrderBy[], { rows }: TableSnapshot): void {
  if (!fitsKeys(keys, order) || row >= rows) throw invalidCursor('is damaged');
}

function fitsKeys(keys: Entry['keys'], order: readonly OrderBy[]): boolean {
  const fits = order.every(({ expr }, k) => {
    const key = keys[k];
    return key === null || typeof key === (expr.type === 'utf8' ? 'string' : 'number');
  });
  return fits && keys.length === order.length;
}

/** What is computed anew for each page must not change between them, and keys have no versions. */
const noPages = (): ShardfoldError =>
  new ShardfoldError(
    'INVALID_ARGUMENT',
    'page() of what is grouped, joined or united from keys, which change between pages',
    {
      hint: "take it as a whole: collect(), stream(), or .into('a_table') and page that",
    },
  );

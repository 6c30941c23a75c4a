/** Runs a relation to its end: what it stands on first, then its own pass; batches of rows come out, and a receipt. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { foldPlan } from '../plan/fold-plan.js';
import { dependsOnLibm } from '../plan/libm.js';
import type { FoldRelation, Output, Relation, RowsRelation, Source } from '../plan/relation.js';
import { type SplitFold, splitQuantiles } from '../plan/selected-quantiles.js';
import { isOrdered, unjoined } from '../plan/unjoined.js';
import type { TableSnapshot } from '../storage/types.js';
import { computedLast } from './computed-last.js';
import { finishGroups } from './finish.js';
import { FirstRowsKept } from './first-rows.js';
import { runFold } from './fold.js';
import { GroupLayout, type Groups } from './groups.js';
import { JoinSides } from './join-sides.js';
import { type Columns, isLocal, LocalTableBuilder } from './local-table.js';
import type { RunOptions } from './options.js';
import { combineReceipts, type Receipt } from './receipt.js';
import { runRows } from './rows.js';
import { selectQuantiles } from './selected-quantiles.js';

/** What a query gives: batches of rows, column by column, one at a time. */
export interface ResultStream {
  readonly outputs: readonly Output[];
  batches(): AsyncGenerator<Columns, Receipt>;
}

export function execute(
  link: ClusterLink,
  relation: Relation,
  options: RunOptions,
  context: CallContext,
): ResultStream {
  return { outputs: relation.outputs, batches: () => new Execution(link, options, context).run(relation) };
}

class Execution {
  readonly #link: ClusterLink;
  readonly #options: RunOptions;
  readonly #context: CallContext;
  /** Of the passes over tables. */
  readonly #receipts: Receipt[] = [];
  readonly #started = performance.now();
  readonly #sides: JoinSides;

  constructor(link: ClusterLink, options: RunOptions, context: CallContext) {
    this.#sides = new JoinSides((relation) => this.#batches(relation), options.side);
    this.#link = link;
    this.#options = options;
    this.#context = context;
  }

  async *run(relation: Relation): AsyncGenerator<Columns, Receipt> {
    yield* this.#batches(relation);
    const receipt = combineReceipts(this.#receipts, this.#context.tally, performance.now() - this.#started);
    const joined = this.#sides.sides.map(({ rows, packedBytes }) => ({ rows, bytes: packedBytes }));
    return { ...receipt, ...(joined.length > 0 && { joined }), ...(dependsOnLibm(relation) && { libm: true }) };
  }

  #batches(relation: Relation): AsyncGenerator<Columns, void> {
    return relation.kind === 'fold' ? this.#fold(relation) : this.#rows(relation);
  }

  async *#rows(asked: RowsRelation): AsyncGenerator<Columns, void> {
    const before = this.#receipts.length;
    const known = await this.#sides.ofRows(computedLast(asked));
    const ofSides = this.#receipts.splice(before);
    // Joined rows are ordered by what they are, not by where they came from.
    const relation = isOrdered(known) ? unjoined(known) : known;
    const snapshots: TableSnapshot[] = [];
    for (const { source } of relation.parts) snapshots.push(await this.#snapshot(source));
    const receipts = yield* runRows(this.#link, { relation, snapshots }, this.#options, this.#context);
    this.#receipts.push(...receipts, ...ofSides);
  }

  async *#fold(asked: FoldRelation): AsyncGenerator<Columns, void> {
    const before = this.#receipts.length;
    const relation = await this.#sides.ofFold(asked);
    const ofSides = this.#receipts.splice(before);
    const snapshots: TableSnapshot[] = [];
    for (const { part } of relation.parts) snapshots.push(await this.#snapshot(part.source));
    const split = splitQuantiles(relation, snapshots);
    if (split) yield* this.#selected(relation, split, snapshots);
    else yield* this.#groups(relation, snapshots);
    // The left side of a join stands first.
    this.#receipts.push(...ofSides);
  }

  async *#groups(relation: FoldRelation, snapshots: readonly TableSnapshot[]): AsyncGenerator<Columns, void> {
    const plan = foldPlan(relation, snapshots);
    const [first] = plan.passes;
    if (first === undefined) throw new TypeError('a fold of no rows');
    const { maxGroups, maxValues } = this.#options;
    const keys = plan.outputs.flatMap(({ kind, name }) => (kind === 'key' ? [name] : []));
    const layout = new GroupLayout(first.spec, { keys, maxGroups, maxValues });
    let groups: Groups | undefined;
    for (const pass of plan.passes) {
      const result = await runFold(this.#link, { pass, layout }, this.#options, this.#context);
      groups = groups && result.groups ? layout.merge(groups, result.groups) : (groups ?? result.groups);
      if (!isLocal(pass.snapshot)) this.#receipts.push(result.receipt);
    }
    yield* finishGroups(plan, layout, groups);
  }

  /** One row, of which some values are found by selection. */
  async *#selected(
    relation: FoldRelation,
    { selected, rest, places }: SplitFold,
    snapshots: readonly TableSnapshot[],
  ): AsyncGenerator<Columns, void> {
    const row = relation.outputs.map((): Columns[number] => [null]);
    if (places.length > 0) {
      for await (const columns of this.#groups(rest, snapshots)) {
        places.forEach((place, i) => {
          row[place] = columns[i] as Columns[number];
        });
      }
    }
    const work = { link: this.#link, options: this.#options, context: this.#context };
    const { values, receipts } = await selectQuantiles(selected, snapshots[0] as TableSnapshot, work);
    for (const [place, value] of values) row[place] = [value];
    this.#receipts.push(...receipts);
    yield row;
  }

  /** What a source's rows are read from: a version of a table, or the result of what it is derived from. */
  async #snapshot(source: Source): Promise<TableSnapshot> {
    if (source.kind === 'table') return source.snapshot;
    const table = new LocalTableBuilder(source.input.outputs);
    const first = source.first && new FirstRowsKept(source.first);
    for await (const batch of this.#batches(source.input)) (first ?? table).add(batch);
    if (first) table.add(first.columns);
    return table.finish();
  }
}

/** Runs a relation to its end: what it stands on first, then its own pass; batches of rows come out, and a receipt. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { foldPlan } from '../plan/fold-plan.js';
import {
  isPlainScan,
  type KeysPart,
  ofKeys,
  pulledFold,
  pulledRows,
  readsKeys,
  scanOfKeys,
} from '../plan/keys/pulled.js';
import { isKeys, type KeysSnapshot, keysSnapshot } from '../plan/keys/snapshot.js';
import { dependsOnLibm } from '../plan/libm.js';
import type {
  FirstRows,
  FoldPart,
  FoldRelation,
  Output,
  Part,
  Relation,
  RowsRelation,
  Source,
} from '../plan/relation.js';
import { type SplitFold, splitQuantiles } from '../plan/selected-quantiles.js';
import { isOrdered, unjoined } from '../plan/unjoined.js';
import type { TableSnapshot } from '../storage/types.js';
import { computedLast } from './computed-last.js';
import { finishGroups } from './finish.js';
import { FirstRowsKept } from './first-rows.js';
import { runFold } from './fold.js';
import { GroupLayout, type Groups } from './groups.js';
import { JoinSides } from './join-sides.js';
import { keysBatches, rawBatches } from './keys/batches.js';
import { foldKeys } from './keys/fold.js';
import type { KeysWork } from './keys/pass.js';
import { type Columns, isLocal, LocalTableBuilder } from './local-table.js';
import type { RunOptions } from './options.js';
import { combineReceipts, type Receipt } from './receipt.js';
import { runRows } from './rows.js';
import { selectQuantiles } from './selected-quantiles.js';
import { KernelTooLarge } from './shard-side.js';

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

/** Aggregates of users' own merge as their rows stand: those of keys are put into some order here. */
const isCustom = ({ part, aggregates }: FoldPart): boolean =>
  ofKeys(part) && aggregates.some(({ node }) => node.custom !== undefined || node.pass !== undefined);

const reasonOf = ({ message }: KernelTooLarge): string =>
  message.includes('compiling') ? 'Lua cannot hold a kernel of this size' : message;

const isJoinedKeys = (part: Part): boolean => ofKeys(part) && part.lookups.length > 0;

class Execution {
  readonly #link: ClusterLink;
  readonly #options: RunOptions;
  readonly #context: CallContext;
  /** Of the passes over tables. */
  readonly #receipts: Receipt[] = [];
  readonly #started = performance.now();
  readonly #sides: JoinSides;
  /** Why kernels over keys are not used: Lua could not hold one, or this process has made too many. */
  #refused: string | undefined;

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

  /** @param first where all that is wanted of the rows are the first of an order */
  async *#rows(asked: RowsRelation, first?: FirstRows): AsyncGenerator<Columns, void> {
    const scanned = scanOfKeys(asked);
    if (scanned && (this.#usesKernels || isPlainScan(scanned, asked.outputs))) {
      return yield* this.#scan(asked, scanned, first);
    }
    const before = this.#receipts.length;
    const known = await this.#sides.ofRows(this.#pulledRows(computedLast(asked)));
    const ofSides = this.#receipts.splice(before);
    // Joined rows are ordered by what they are, not by where they came from; those of keys come from nowhere in particular.
    const relation = isOrdered(known) || known.parts.some(ofKeys) ? unjoined(known) : known;
    const snapshots: TableSnapshot[] = [];
    for (const { source } of relation.parts) snapshots.push(await this.#snapshot(source));
    const receipts = yield* runRows(this.#link, { relation, snapshots }, this.#options, this.#context);
    this.#receipts.push(...receipts, ...ofSides);
  }

  /** Rows of keys in any order. */
  async *#scan(relation: RowsRelation, part: KeysPart, first: FirstRows | undefined): AsyncGenerator<Columns, void> {
    const work = this.#keysWork(keysSnapshot(part.source.keys));
    if (!this.#usesKernels)
      return void this.#receipts.push(yield* rawBatches(work, relation, this.#refused ?? 'asked for'));
    let receipt: Receipt;
    try {
      receipt = yield* keysBatches(work, relation, first);
    } catch (error) {
      if (!(error instanceof KernelTooLarge)) throw error;
      // It is refused at its first call, before any row has come.
      this.#refused = reasonOf(error);
      return yield* this.#rows(relation, first);
    }
    this.#receipts.push(receipt);
  }

  /** Whether keys are folded and filtered where they lie; else their rows come here as they are. */
  get #usesKernels(): boolean {
    return this.#options.side !== 'client' && this.#refused === undefined;
  }

  #keysWork(snapshot: KeysSnapshot): KeysWork {
    return { link: this.#link, snapshot, options: this.#options, context: this.#context };
  }

  async *#fold(whole: FoldRelation): AsyncGenerator<Columns, void> {
    const before = this.#receipts.length;
    const relation = await this.#sides.ofFold(this.#pulledFold(whole));
    const ofSides = this.#receipts.splice(before);
    const snapshots: TableSnapshot[] = [];
    for (const { part } of relation.parts) snapshots.push(await this.#snapshot(part.source));
    const split = splitQuantiles(relation, snapshots);
    try {
      if (split) yield* this.#selected(relation, split, snapshots);
      else yield* this.#groups(relation, snapshots);
    } catch (error) {
      if (!(error instanceof KernelTooLarge)) throw error;
      // Only passes over keys say so, at their first call: nothing has come yet.
      this.#refused = reasonOf(error);
      return yield* this.#fold(whole);
    }
    // The left side of a join stands first.
    this.#receipts.push(...ofSides);
  }

  async *#groups(relation: FoldRelation, snapshots: readonly TableSnapshot[]): AsyncGenerator<Columns, void> {
    const plan = foldPlan(relation, snapshots, readsKeys(relation));
    const [first] = plan.passes;
    if (first === undefined) throw new TypeError('a fold of no rows');
    const { maxGroups, maxValues } = this.#options;
    const keys = plan.outputs.flatMap(({ kind, name }) => (kind === 'key' ? [name] : []));
    const layout = new GroupLayout(first.spec, { keys, maxGroups, maxValues });
    let groups: Groups | undefined;
    for (const pass of plan.passes) {
      const result = isKeys(pass.snapshot)
        ? await foldKeys(this.#keysWork(pass.snapshot), pass.spec, layout)
        : await runFold(this.#link, { pass, layout }, this.#options, this.#context);
      groups = groups && result.groups ? layout.merge(groups, result.groups) : (groups ?? result.groups);
      if (!isLocal(pass.snapshot)) this.#receipts.push(result.receipt);
    }
    yield* finishGroups(plan, layout, groups);
  }

  /** Joined keys, and all on the client side, are rows that are brought here first. */
  #pulledRows(rows: RowsRelation): RowsRelation {
    if (!this.#usesKernels) return pulledRows(rows, 'all');
    return rows.parts.some(isJoinedKeys) ? pulledRows(rows, 'filtered') : rows;
  }

  /** As `#pulledRows`. */
  #pulledFold(fold: FoldRelation): FoldRelation {
    const parts = fold.parts.map((each) => {
      if (!this.#usesKernels) return pulledFold(each, 'all');
      return isJoinedKeys(each.part) || isCustom(each) ? pulledFold(each, 'filtered') : each;
    });
    return { ...fold, parts };
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
    if (source.kind === 'keys') return keysSnapshot(source.keys);
    const table = new LocalTableBuilder(source.input.outputs);
    const first = source.first && new FirstRowsKept(source.first);
    const { input } = source;
    const batches = input.kind === 'rows' ? this.#rows(input, source.first) : this.#batches(input);
    for await (const batch of batches) (first ?? table).add(batch);
    if (first) table.add(first.columns);
    return table.finish();
  }
}

/** The right sides of joins, computed before what reads them. */

import type { LookupTable } from '../codegen/join-table.js';
import { mapReads } from '../expr/map-typed.js';
import type { Physical, TypedExpr, TypedJoined } from '../expr/typed.js';
import { rowsKnown, type SideRead, sidesRead } from '../plan/join-reads.js';
import { keepingHidden } from '../plan/keys/scope.js';
import { columnInterval } from '../plan/prune.js';
import type { FoldRelation, Lookup, Output, Part, Relation, RowsRelation } from '../plan/relation.js';
import type { ColumnType } from '../storage/types.js';
import { indexRows, type SideColumn } from './join-index.js';
import { checkBytes, checkRows, JOIN_LIMITS } from './join-limits.js';
import type { Columns } from './local-table.js';

/** Computes a relation. */
export type Compute = (relation: Relation) => AsyncGenerator<Columns, void>;

export class JoinSides {
  readonly #compute: Compute;
  readonly #onClient: boolean;
  readonly #tables = new Map<Lookup, LookupTable>();

  constructor(compute: Compute, side: 'auto' | 'shards' | 'client') {
    this.#compute = compute;
    this.#onClient = side === 'client';
  }

  /** What was made of right sides. */
  get sides(): readonly LookupTable[] {
    return [...this.#tables.values()];
  }

  /** The relation with its right sides computed. */
  async ofRows(relation: RowsRelation): Promise<RowsRelation> {
    await this.#computeFor(relation);
    const order = relation.order.map((list, i) =>
      list.map((each) => ({ ...each, expr: this.#known(each.expr, relation.parts[i] as Part) })),
    );
    return { ...relation, parts: relation.parts.map((part) => this.#withTables(part)), order };
  }

  /** As `ofRows`. */
  async ofFold(relation: FoldRelation): Promise<FoldRelation> {
    await this.#computeFor(relation);
    // Aggregates are bound to the columns of their part when it is run.
    const parts = relation.parts.map((each) => {
      const keys = each.keys.map((key) => this.#known(key, each.part));
      return { ...each, part: this.#withTables(each.part), keys };
    });
    return { ...relation, parts };
  }

  async #computeFor(relation: Relation): Promise<void> {
    for (const side of sidesRead(relation)) this.#tables.set(side.lookup, await this.#table(side));
  }

  async #table({ lookup, columns: wanted, relation, sent }: SideRead): Promise<LookupTable> {
    const limit = sent && !this.#onClient ? JOIN_LIMITS.shards : JOIN_LIMITS.client;
    const known = rowsKnown(relation);
    if (known?.exact) checkRows(known.rows, limit);
    const columns: Physical[][] = relation.outputs.map(() => []);
    for await (const batch of this.#compute(relation)) {
      batch.forEach((values, i) => {
        for (const value of values) columns[i]?.push(value as Physical);
      });
      checkRows(columns[0]?.length ?? 0, limit, true);
    }
    const sides = wanted.map((column, i): SideColumn => {
      const { type } = lookup.right.outputs[column] as Output;
      return { column, type: type as ColumnType, values: columns[i] as Physical[] };
    });
    const text = relation.outputs.slice(wanted.length).map(({ type }) => type === 'utf8');
    const multiplies = lookup.how === 'inner' || lookup.how === 'left';
    const table = indexRows(columns.slice(wanted.length), text, { columns: sides, multiplies });
    checkBytes(table, limit);
    return table;
  }

  #withTables(part: Part): Part {
    const known = (expr: TypedExpr): TypedExpr => this.#known(expr, part);
    return {
      ...part,
      filter: part.filter && known(part.filter),
      // What is hidden is of the part's own source.
      scope: keepingHidden(part.scope, new Map([...part.scope].map(([name, expr]) => [name, known(expr)]))),
      lookups: part.lookups.map((lookup): Lookup => {
        const table = lookup.table ?? (this.#tables.get(lookup) as LookupTable);
        return { ...lookup, keys: lookup.keys.map(known), table };
      }),
    };
  }

  /** The expression with what is known by now of the columns that it reads. */
  #known(expr: TypedExpr, { lookups }: Part): TypedExpr {
    if (lookups.length === 0) return expr;
    return mapReads(expr, (leaf) => {
      if (leaf.kind === 'column') return leaf;
      const lookup = lookups[leaf.join] as Lookup;
      const column = this.#tables.get(lookup)?.columns.find((each) => each.column === leaf.column);
      // What nobody reads is not there; what is known already stays so.
      if (column === undefined) return leaf;
      const bounds = boundsOfValues(leaf, column.values);
      return { ...leaf, nullable: column.nullable || lookup.how === 'left', ...(bounds && { bounds }) };
    });
  }
}

function boundsOfValues({ type }: TypedJoined, values: readonly Physical[]): readonly [number, number] | undefined {
  if (columnInterval(type, 0, []) === undefined) return undefined;
  let [low, high] = [0, 0];
  for (const value of values) {
    if (typeof value !== 'number') continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The right sides of joins, computed before what reads them; only what is read of them is asked for. */

import { AggregateTable, exprsOf } from '../aggregates/index.js';
import type { LookupTable } from '../codegen/join-table.js';
import { mapReads } from '../expr/map-typed.js';
import { childrenOf, type Physical, type TypedExpr, type TypedJoined } from '../expr/typed.js';
import { readByPart } from '../plan/join-spec.js';
import { columnInterval } from '../plan/prune.js';
import type { FoldRelation, Lookup, Output, Part, Relation, RowsRelation } from '../plan/relation.js';
import type { ColumnType } from '../storage/types.js';
import { indexRows, type SideColumn } from './join-index.js';
import { checkBytes, checkRows, JOIN_LIMITS, type JoinLimit } from './join-limits.js';
import type { Columns } from './local-table.js';

/** Computes a relation. */
export type Compute = (relation: Relation) => AsyncGenerator<Columns, void>;

/** A part, and what is read of it beside what it reads itself. */
interface Reading {
  readonly part: Part;
  readonly exprs: readonly TypedExpr[];
}

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

  async ofRows(relation: RowsRelation): Promise<RowsRelation> {
    if (relation.parts.every(isKnown)) return relation;
    const readings = relation.parts.map((part, i): Reading => {
      const outputs = relation.outputs.map(({ name }) => part.scope.get(name) as TypedExpr);
      return { part, exprs: [...outputs, ...(relation.order[i] ?? []).map(({ expr }) => expr)] };
    });
    await this.#computeFor(readings);
    const order = relation.order.map((list, i) =>
      list.map((each) => ({ ...each, expr: this.#known(each.expr, relation.parts[i] as Part) })),
    );
    return { ...relation, parts: relation.parts.map((part) => this.#withTables(part)), order };
  }

  async ofFold(relation: FoldRelation): Promise<FoldRelation> {
    if (relation.parts.every(({ part }) => isKnown(part))) return relation;
    await this.#computeFor(
      relation.parts.map(({ part, keys, aggregates }) => {
        const table = new AggregateTable(part.scope, undefined);
        for (const { node } of aggregates) table.add(node);
        return { part, exprs: [...keys, ...exprsOf(table.args)] };
      }),
    );
    // Aggregates are bound to the columns of their part when it is run.
    const parts = relation.parts.map((each) => {
      const keys = each.keys.map((key) => this.#known(key, each.part));
      return { ...each, part: this.#withTables(each.part), keys };
    });
    return { ...relation, parts };
  }

  async #computeFor(readings: readonly Reading[]): Promise<void> {
    const wanted = new Map<Lookup, { columns: Set<number>; limit: JoinLimit }>();
    for (const { part, exprs } of readings) {
      const here = this.#onClient || part.source.kind === 'derived';
      for (const lookup of part.lookups) {
        const known = wanted.get(lookup);
        const limit = here ? (known?.limit ?? JOIN_LIMITS.client) : JOIN_LIMITS.shards;
        wanted.set(lookup, { columns: known?.columns ?? new Set(), limit });
      }
      for (const { join, column } of [...readByPart(part), ...exprs].flatMap(joinedIn)) {
        wanted.get(part.lookups[join] as Lookup)?.columns.add(column);
      }
    }
    for (const [lookup, { columns, limit }] of wanted) {
      const table = await this.#table(
        lookup,
        [...columns].sort((a, b) => a - b),
        limit,
      );
      this.#tables.set(lookup, table);
    }
  }

  async #table(lookup: Lookup, wanted: readonly number[], limit: JoinLimit): Promise<LookupTable> {
    const { right, keys } = lookup;
    const width = right.outputs.length - keys.length;
    const chosen = [...wanted, ...keys.map((_, key) => width + key)];
    const relation =
      right.kind === 'rows' ? { ...right, outputs: chosen.map((i) => right.outputs[i] as Output) } : right;
    checkRows(leastRows(relation), limit);
    const columns: Physical[][] = relation.outputs.map(() => []);
    for await (const batch of this.#compute(relation)) {
      batch.forEach((values, i) => {
        for (const value of values) columns[i]?.push(value as Physical);
      });
      checkRows(columns[0]?.length ?? 0, limit, true);
    }
    const sides = wanted.map((column, i): SideColumn => {
      return { column, type: (right.outputs[column] as Output).type as ColumnType, values: columns[i] as Physical[] };
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
      scope: new Map([...part.scope].map(([name, expr]) => [name, known(expr)])),
      lookups: part.lookups.map((lookup): Lookup => {
        const table = this.#tables.get(lookup) as LookupTable;
        return { ...lookup, keys: lookup.keys.map(known), table };
      }),
    };
  }

  /** The expression with what is known by now of the columns that it reads. */
  #known(expr: TypedExpr, { lookups }: Part): TypedExpr {
    return mapReads(expr, (leaf) => {
      if (leaf.kind === 'column') return leaf;
      const lookup = lookups[leaf.join] as Lookup;
      const column = this.#tables.get(lookup)?.columns.find((each) => each.column === leaf.column);
      // What nobody reads is not there.
      if (column === undefined) return leaf;
      const bounds = boundsOfValues(leaf, column.values);
      return { ...leaf, nullable: column.nullable || lookup.how === 'left', ...(bounds && { bounds }) };
    });
  }
}

const isKnown = ({ lookups }: Part): boolean => lookups.every(({ table }) => table !== undefined);

function joinedIn(expr: TypedExpr): TypedJoined[] {
  return expr.kind === 'joined' ? [expr] : childrenOf(expr).flatMap(joinedIn);
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

/** The number of rows where the manifest tells it before anything is read; else 0. */
function leastRows(relation: Relation): number {
  if (relation.kind === 'fold') return 0;
  const rows = relation.parts.reduce((sum, { source, filter, lookups }) => {
    const plain = source.kind === 'table' && filter === undefined && lookups.length === 0;
    return plain ? sum + source.snapshot.rows : sum;
  }, 0);
  return Math.min(Math.max(0, rows - relation.offset), relation.count ?? rows);
}

/**
 * Rows of keys, in any order: a fold whose states are lists of what the rows show. Of an order's first rows only those come that may
 * still be among them: each call is told how good the first key must be.
 */

import { KeyKernel } from '../../codegen/keys/kernel.js';
import type { Physical, TypedExpr } from '../../expr/typed.js';
import type { FirstRows, Output, Part } from '../../plan/relation.js';
import type { Columns } from '../local-table.js';
import type { Receipt } from '../receipt.js';
import { takesPartials } from './client-row.js';
import { checkKernel } from './fold.js';
import type { KeysWork } from './pass.js';
import { scanSpec } from './scan-spec.js';
import { walkKeys } from './walk.js';

export interface KeysScan {
  readonly part: Part;
  readonly outputs: readonly Output[];
  /** Rows that are enough, whichever they are. */
  readonly limit?: number | undefined;
  /** The order whose first rows are wanted; and once they are known, the first key of the last of them. */
  readonly first?: FirstRows | undefined;
  worst?(): Physical | undefined;
}

/** @param take gets the rows of each call */
export async function scanKeys(
  work: KeysWork,
  scan: KeysScan,
  take: (columns: Columns) => Promise<void> | undefined,
): Promise<Receipt> {
  const { part, outputs, limit = Number.POSITIVE_INFINITY } = scan;
  const exprs = outputs.map(({ name }) => part.scope.get(name) as TypedExpr);
  const kernels = new Thresholds(work, scan, exprs);
  let rows = 0;
  checkKernel(kernels.current());
  return walkKeys({
    ...work,
    filter: part.filter,
    script: () => kernels.current(),
    ...takesPartials((partial) => {
      const found = partial.rows[0] as number;
      if (found === 0 || rows >= limit) return undefined;
      // Two fields a list: how many there are, and the values.
      const columns = exprs.map((_, i) => (partial.fields[2 * i + 1] as readonly (readonly Physical[])[])[0] ?? []);
      const left = limit - rows;
      rows += Math.min(left, found);
      return take(found > left ? columns.map((values) => values.slice(0, left)) : columns);
    }),
    enough: () => rows >= limit,
  });
}

/** The kernel of a scan, with the newest threshold: a constant, so that its text is always the same. */
class Thresholds {
  readonly #work: KeysWork;
  readonly #scan: KeysScan;
  readonly #exprs: readonly TypedExpr[];
  #known: Physical | undefined;
  #kernel: KeyKernel;

  constructor(work: KeysWork, scan: KeysScan, exprs: readonly TypedExpr[]) {
    this.#work = work;
    this.#scan = scan;
    this.#exprs = exprs;
    this.#kernel = this.#make();
  }

  current(): KeyKernel {
    const worst = this.#scan.worst?.();
    if (worst !== undefined && worst !== null && !Object.is(worst, this.#known)) {
      this.#known = worst;
      this.#kernel = this.#make(this.#notWorse(worst));
    }
    return this.#kernel;
  }

  /** What the first key of a row must be to come before, or be equal to, a row whose first key is `worst`. */
  #notWorse(worst: number | string): TypedExpr {
    const [by] = (this.#scan.first as FirstRows).by as readonly [FirstRows['by'][number]];
    const left = this.#exprs[by.column] as TypedExpr;
    const literal: TypedExpr = { kind: 'literal', type: left.type, value: worst };
    const better: TypedExpr = {
      kind: 'compare',
      type: 'bool',
      op: by.descending ? 'gtEq' : 'ltEq',
      left,
      right: literal,
    };
    if (!by.nullsFirst) return better;
    const missing: TypedExpr = { kind: 'isNull', type: 'bool', arg: left, negated: false };
    return { kind: 'logic', type: 'bool', op: 'or', left: missing, right: better };
  }

  #make(more?: TypedExpr): KeyKernel {
    const { snapshot } = this.#work;
    const { part, outputs } = this.#scan;
    return new KeyKernel(scanSpec(snapshot, part, outputs, more), snapshot.keys);
  }
}

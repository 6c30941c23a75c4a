/** Rows by chance: a condition on a hash of their numbers in the table. */

import { ShardfoldError } from '../errors.js';
import { call, number } from '../expr/make.js';
import { CHANCE_MODULUS, chanceMix } from '../expr/runtime/chance.js';
import type { TypedExpr } from '../expr/typed.js';
import { numberedTable } from '../storage/numbered.js';
import { isCut } from './build.js';
import { inputsOf, type PlanNode } from './nodes.js';
import type { Part, RowsRelation } from './relation.js';

type SampleNode = Extract<PlanNode, { kind: 'sample' }>;

/** @throws INVALID_ARGUMENT where the rows are no rows of tables */
export function lowerSample(node: SampleNode, rows: RowsRelation): RowsRelation {
  if (isCut(rows)) throw noTable('of what a limit leaves');
  // A sample of a sample must not find that all of its rows were drawn before.
  const start = chanceMix(chanceMix(0, node.seed), samplesIn(node.input));
  return { ...rows, parts: rows.parts.map((part) => sampled(part, node, start)) };
}

const samplesIn = (node: PlanNode): number =>
  inputsOf(node).reduce((sum, input) => sum + samplesIn(input), node.kind === 'sample' ? 1 : 0);

function sampled(part: Part, { fraction, rest }: SampleNode, start: number): Part {
  if (part.source.kind !== 'table') throw noTable(part.source.kind === 'keys' ? 'of keys' : 'of a result');
  const snapshot = numberedTable(part.source.snapshot);
  const row: TypedExpr = { kind: 'column', type: 'int64', index: snapshot.numberColumn };
  const chance = call('float64', 'f_chance', row, number(start));
  const right: TypedExpr = {
    ...{ kind: 'compare', type: 'bool', op: rest ? 'gtEq' : 'lt' },
    ...{ left: chance, right: number(Math.ceil(fraction * CHANCE_MODULUS)) },
  };
  const { filter } = part;
  const both: TypedExpr =
    filter === undefined ? right : { kind: 'logic', type: 'bool', op: 'and', left: filter, right };
  return { ...part, source: { kind: 'table', snapshot }, filter: both };
}

function noTable(what: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', `rows ${what} have no numbers to draw them by`, {
    hint: "draw from the table before, or write the rows to one: .into('drawn')",
  });
}

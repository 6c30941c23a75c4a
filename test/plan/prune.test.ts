// A chunk that is pruned holds no row that passes: zone maps against every row.
import fc from 'fast-check';
import { bindBool } from '../../src/expr/bind.js';
import type { TypedExpr } from '../../src/expr/typed.js';
import { canMatch } from '../../src/plan/prune.js';
import { evaluate, pureChunks } from '../harness/oracle/chunks.js';
import { Draw } from '../harness/oracle/draw.js';
import { drawBool, scopeOf } from '../harness/oracle/exprs.js';
import { drawTable } from '../harness/oracle/table.js';
import { describeTable, SOAK } from '../harness/oracle/world.js';

const bounds = new Map();

/** Rows that pass; conditions that end in an overflow tell nothing. */
function passing(...args: Parameters<typeof evaluate>): number | undefined {
  try {
    return evaluate(...args)[0]?.length as number;
  } catch (error) {
    if ((error as { code?: string }).code === 'NUMERIC_OVERFLOW') return undefined;
    throw error;
  }
}

it('of random tables and conditions', () => {
  let pruned = 0;
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const draw = new Draw(g);
      const table = drawTable(draw, false);
      const { snapshot, chunks } = pureChunks(table);
      const columns = snapshot.schema.map(({ name, type }, index): [string, TypedExpr] => [
        name,
        { kind: 'column', type, index },
      ]);
      const one: TypedExpr = { kind: 'literal', type: 'int32', value: 1 };
      for (let i = 0; i < 8; i++) {
        const condition = drawBool(draw, scopeOf(table), draw.int(0, 3));
        const filter = bindBool(condition.expr.node, new Map(columns));
        for (const chunk of chunks) {
          if (canMatch(filter, chunk.chunk)) continue;
          pruned += 1;
          const found = passing(snapshot, chunk, { filter, exprs: [one], bounds }) ?? 0;
          if (found > 0) {
            throw new Error(`chunk ${chunk.chunk.index} has ${found} rows\n${describeTable(table)}\n${condition.sql}`);
          }
        }
      }
    }),
    { numRuns: 120 * SOAK, endOnFailure: true },
  );
  expect(pruned).toBeGreaterThan(200);
});

// Random expressions over random tables, written in the shards and by way of the client: the same rows, zone maps and errors.
import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { IntoResult, Query, Shardfold } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Draw } from '../harness/oracle/draw.js';
import { drawAny, type OracleExpr, scopeOf } from '../harness/oracle/exprs.js';
import { drawTable, type OracleTable } from '../harness/oracle/table.js';
import { SOAK, store } from '../harness/oracle/world.js';

type Package = typeof import('../../src/index.js');

/** A process makes at most 256 kernels; a fresh copy of the package counts them anew. */
async function freshCopy(): Promise<{ sf: Shardfold; Expr: Package['Expr'] }> {
  jest.resetModules();
  const { connect, Expr } = await import('../../src/index.js');
  return { sf: await connect({ url: sharedUrl(3), prefix: uniquePrefix() }), Expr };
}

let ways: Record<string, number> = {};

async function written(query: Query, name: string, side: 'shards' | 'client'): Promise<IntoResult | string> {
  try {
    const made = await query.into(name, { mode: 'replace', side });
    ways[made.receipt.written.way] = (ways[made.receipt.written.way] ?? 0) + 1;
    return made;
  } catch (error) {
    return String((error as { code?: string }).code ?? error);
  }
}

/** What readers see of a table: rows, and what is told of its chunks. */
async function seen(sf: Shardfold, name: string) {
  const { chunks, schema } = await openTable(sf.link, name, sf.link.context());
  const zones = chunks.map(({ rows, columns }) => [
    rows,
    ...columns.map(({ min, max, nullCount }) => ({ min, max, nullCount })),
  ]);
  return { schema, zones, rows: [...(await sf.table(name).collect({ side: 'client' }))] };
}

async function check({ sf, Expr }: Awaited<ReturnType<typeof freshCopy>>, table: OracleTable, exprs: OracleExpr[]) {
  const name = await store(sf, table);
  const query = sf.table(name).select(...exprs.map(({ expr }, i) => new Expr(expr.node, `c${i}`)));
  const [shards, client] = [await written(query, 'a', 'shards'), await written(query, 'b', 'client')];
  if (typeof shards === 'string' || typeof client === 'string') {
    expect(shards).toEqual(client);
    return;
  }
  const [a, b] = [await seen(sf, 'a'), await seen(sf, 'b')];
  // Long strings end chunks early where they are written anew.
  if (a.zones.length === b.zones.length) expect(a).toEqual(b);
  else expect(a.rows).toEqual(b.rows);
  expect((await fsck(sf.link, { graceMs: 300_000 }, sf.link.context())).findings).toEqual([]);
  for (const each of ['a', 'b', name]) await sf.drop(each);
}

it.each([
  { large: false, runs: 15 },
  { large: true, runs: 2 },
])(
  'large: $large',
  async ({ large, runs }) => {
    ways = {};
    let copy: Awaited<ReturnType<typeof freshCopy>> | undefined;
    let count = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (g) => {
          const draw = new Draw(g);
          const table = drawTable(draw, large);
          const scope = scopeOf(table);
          const drawn = draw.list(5, () => drawAny(draw, scope, 3));
          // Strings that would have to be made go by way of the client.
          const exprs = drawn.filter(({ expr, type }) => type !== 'utf8' || expr.node.kind === 'column');
          if (exprs.length === 0) return;
          if (copy === undefined || count++ % 10 === 0) {
            await copy?.sf.close();
            copy = await freshCopy();
          }
          await check(copy, table, exprs);
        }),
        { numRuns: runs * SOAK, endOnFailure: true },
      );
    } finally {
      await copy?.sf.close();
    }
    expect(ways.shards).toBeGreaterThan(0);
  },
  600_000,
);

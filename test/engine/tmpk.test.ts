import { writeFileSync } from 'node:fs';
import { col, connect, count, lit } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

it('x', async () => {
  const sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const n = 500;
  await sf.createTable(
    't',
    {
      x: Array.from({ length: n }, (_, i) => (i % 7 === 0 ? null : i / 3)),
      n: Array.from({ length: n }, (_, i) => i),
      m: Array.from({ length: n }, (_, i) => i * 1e9 + i),
      s: Array.from({ length: n }, (_, i) => `k${i % 5}`),
      b: Array.from({ length: n }, (_, i) => i % 2 === 0),
      d: Array.from({ length: n }, (_, i) => new Date(i * 1e8)),
    },
    { schema: { x: 'float64', n: 'int32', m: 'int64', s: 'utf8', b: 'bool', d: 'timestamp' } },
  );
  const t = sf.table('t');
  const out: string[] = [];
  for (const q of [
    t
      .filter(
        col('x')
          .gt(3)
          .and(col('s').eq('k1').or(col('b'))),
      )
      .agg({ a: col('x').mul(col('n')).sum(), c: count(), v: col('x').var() }),
    t.groupBy('s').agg({ a: col('x').sum(), m: col('m').max(), s: col('s').min() }),
    t.groupBy('s', col('n').mod(3).as('k'), 'x').agg({ a: col('n').add(col('m')).mul(3).sum() }),
    t
      .filter(col('n').isIn([1, 2, 3]).not().and(col('x').isNull().not()))
      .agg({ a: col('n').neg().min(), b: lit(1).sub(col('x')).std() }),
    t
      .filter(col('d').lt('1970-01-03').or(col('s').gt('k2')))
      .agg({ q: col('x').add(1).mul(col('x')).sum(), r: col('x').count() }),
  ])
    out.push(
      (await q.explain({ kernels: 'both' })).replace(/kernel [0-9a-f]{12}/g, 'kernel').replace(/127.0.0.1:\d+/g, ''),
    );
  writeFileSync(process.env.KOUT as string, out.join('\n=====\n'));
  await sf.close();
});

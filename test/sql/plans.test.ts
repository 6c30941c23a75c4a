/** Every clause against the plan that the methods of a query make. */
import type { ClusterLink } from '../../src/cluster/types.js';
import { col, count, lit } from '../../src/expr/expr.js';
import type { PlanNode } from '../../src/plan/nodes.js';
import { Query } from '../../src/query/query.js';
import { planOf, translated } from './tables.js';

/** Plans are made without it. */
const nowhere = undefined as unknown as ClusterLink;
const table = (name: string) => new Query(nowhere, { kind: 'scan', table: name });
const flights = table('flights');
const airports = table('airports');

/** A condition or a value, by itself. */
async function exprOf(text: string, from = 'flights', parameters: readonly (number | string | Date)[] = []) {
  const plan = await planOf(`SELECT ${text} AS x FROM ${from}`, parameters);
  if (plan.kind !== 'select') throw new TypeError(plan.kind);
  return plan.columns[0]?.node;
}

async function same(text: string, query: Query) {
  expect(await planOf(text)).toEqual(query.plan);
}

describe('SELECT', () => {
  it('takes all columns, some, and expressions by names', async () => {
    await same('SELECT * FROM flights', flights);
    await same('SELECT flights.* FROM flights', flights);
    await same('SELECT origin, delay AS late FROM flights', flights.select('origin', col('delay').as('late')));
    await same('SELECT f.delay * 2 AS twice FROM flights AS f', flights.select(col('delay').mul(2).as('twice')));
  });

  it('names columns as PostgreSQL does, and never two alike', async () => {
    const text = `SELECT delay, delay, count(*), count(*) + 1, max(delay), coalesce(delay, 0), delay::bigint, CASE WHEN delay > 0 THEN 1 END,
      greatest(delay, 1), nullif(delay, 0), extract(year FROM date), current_date, CASE WHEN true THEN 1 ELSE delay END
      FROM flights GROUP BY delay, date`;
    const { columns } = await translated(text);
    expect(columns.map(({ name }) => name)).toEqual([
      ...['delay', 'delay_1', 'count', '?column?', 'max', 'coalesce', 'delay_2', 'case'],
      ...['greatest', 'nullif', 'extract', 'current_date', 'delay_3'],
    ]);
  });

  it('knows the types of the result', async () => {
    const { columns } = await translated(
      'SELECT count(*) AS n, avg(fee) AS mean, max(since) AS last, sum(fee) AS total, max("Name") AS name FROM airports',
    );
    expect(columns.map(({ type }) => type)).toEqual(['int64', 'float64', 'date', 'decimal(2)', 'utf8']);
  });

  it('finds names that differ in case alone', async () => {
    await same('SELECT NAME, "Name" AS n FROM Airports', airports.select('Name', col('Name').as('n')));
    await same('SELECT "A", a FROM "Mixed"', table('Mixed').select('A', 'a'));
    await same('SELECT B FROM "Mixed"', table('Mixed').select('b'));
  });

  it('keeps distinct rows', async () => {
    await same('SELECT DISTINCT origin FROM flights', flights.select('origin').distinct());
    await same(
      'SELECT DISTINCT origin AS o, delay FROM flights ORDER BY delay DESC LIMIT 3',
      flights.select(col('origin').as('o'), 'delay').distinct().sort('delay', 'desc').limit(3),
    );
  });
});

describe('WHERE', () => {
  it.each([
    ['delay > 10 AND delay <= 20', col('delay').gt(10).and(col('delay').ltEq(20))],
    ['delay = 1 OR NOT delay <> 2', col('delay').eq(1).or(col('delay').neq(2).not())],
    ['delay BETWEEN 1 AND 2', col('delay').between(1, 2)],
    ['delay NOT BETWEEN 1 AND 2', col('delay').between(1, 2).not()],
    ["origin IN ('JFK', 'LGA')", col('origin').isIn(['JFK', 'LGA'])],
    ['delay NOT IN (1, NULL)', col('delay').isIn([1, null]).not()],
    ['delay IN (1, 1.5)', col('delay').eq(1).or(col('delay').eq(1.5))],
    [
      'delay IN (1, distance)',
      col('delay')
        .eq(1)
        .or(col('delay').eq(col('distance'))),
    ],
    ['delay IS NULL', col('delay').isNull()],
    ['delay IS NOT NULL', col('delay').isNotNull()],
    ['delay IS NOT DISTINCT FROM NULL', col('delay').isNull()],
    ["date >= DATE '2001-06-01'", col('date').gtEq(new Date('2001-06-01'))],
    ["date < TIMESTAMP '2001-06-01 12:30:00'", col('date').lt(new Date('2001-06-01T12:30:00Z'))],
    ["date >= '2001-06-01'", col('date').gtEq('2001-06-01')],
    ["date < DATE '1998-12-01' - INTERVAL '90' DAY", col('date').lt(new Date('1998-09-02'))],
    ["date < DATE '2001-01-31' + INTERVAL '1 month'", col('date').lt(new Date('2001-02-28'))],
    ["date < TIMESTAMP '2001-01-31' + INTERVAL '1 year 2 hours 30 min'", col('date').lt(new Date('2002-01-31T02:30Z'))],
    ["date < DATE '2001-01-31' - INTERVAL '01:30:00'", col('date').lt(new Date('2001-01-30T22:30Z'))],
    ["date >= CAST(TIMESTAMP '2001-06-01 12:30:00' AS date)", col('date').gtEq(new Date('2001-06-01'))],
    ["date < DATE '2001-01-31' + 7", col('date').lt(new Date('2001-02-07'))],
    ['delay = -5', col('delay').eq(-5)],
    ['delay > 1.0', col('delay').gt(1)],
    ['5 < delay', lit(5).lt(col('delay'))],
    ['delay > 9007199254740991', col('delay').gt(9007199254740991)],
  ])('%s', async (text, expr) => {
    expect(await planOf(`SELECT * FROM flights WHERE ${text}`)).toEqual(flights.filter(expr).plan);
  });

  it('takes parameters as values', async () => {
    const day = new Date('2001-06-01');
    const list = ['JFK', "O'Hare"];
    const text =
      'SELECT * FROM flights WHERE date >= $1 AND origin = ANY($2) AND delay > $3 AND destination <> ALL($2) LIMIT $4';
    const expr = col('date')
      .gtEq(day)
      .and(col('origin').isIn(list))
      .and(col('delay').gt(10n).and(col('destination').isIn(list).not()));
    expect(await planOf(text, [day, list, 10n, 5])).toEqual(flights.filter(expr).limit(5).plan);
  });

  it('joins many conditions in a low tree', async () => {
    const text = Array.from({ length: 1000 }, (_, i) => `delay = ${i}`).join(' OR ');
    const plan = await planOf(`SELECT * FROM flights WHERE ${text}`);
    const depth = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
    expect(depth(plan)).toBeLessThan(20);
  });
});

describe('expressions', () => {
  it.each([
    ['delay + 1 - distance * 2', col('delay').add(1).sub(col('distance').mul(2))],
    ['delay / 60', col('delay').div(60)],
    ['delay % 60', col('delay').mod(60)],
    ['mod(delay, 60)', col('delay').mod(60)],
    ['div(delay, 60)', col('delay').intDiv(60)],
    ['-delay', col('delay').neg()],
    ['+delay', col('delay')],
    ['delay ^ 2', col('delay').pow(2)],
    ['abs(delay)', col('delay').abs()],
    ['round(delay / 7, 2)', col('delay').div(7).round(2)],
    ['log(distance)', col('distance').log10()],
    ['ln(distance)', col('distance').ln()],
    ['atan2(delay, distance)', col('delay').atan2(col('distance'))],
    ['upper(origin)', col('origin').upper()],
    ['trim(origin)', col('origin').trim()],
    ["TRIM(LEADING ' ' FROM origin)", col('origin').trimStart()],
    ["origin || '-' || destination", col('origin').append('-').append(col('destination'))],
    ["concat(origin, '-', destination)", col('origin').concat('-', col('destination'))],
    ['left(origin, 2)', col('origin').slice(0, 2)],
    ['right(origin, 2)', col('origin').slice(-2)],
    ["split_part(origin, ':', -1)", col('origin').splitPart(':', -1)],
    ["origin LIKE 'J%'", col('origin').like('J%')],
    ["origin NOT LIKE 'J%'", col('origin').like('J%').not()],
    ["origin ILIKE 'J%'", col('origin').lower().like('j%')],
    ["starts_with(origin, 'J')", col('origin').startsWith('J')],
    ["replace(origin, 'J', 'j')", col('origin').replace('J', 'j')],
    ['length(origin)', col('origin').length()],
    ['extract(year FROM date)', col('date').year()],
    ["date_part('dow', date)", col('date').dayOfWeek()],
    ['extract(quarter FROM date)', col('date').month().add(2).intDiv(3)],
    ["date_trunc('month', date)", col('date').truncate('month')],
    ["date_diff('day', date, now()) IS NULL", undefined],
    ["date + INTERVAL '1 month 2 days'", col('date').addTime(1, 'month').addTime(2, 'day')],
    ["INTERVAL '3 hours' + date", col('date').addTime(10_800_000, 'millisecond')],
    ['CAST(delay AS double precision)', col('delay').cast('float64')],
    ['delay::text', col('delay').cast('utf8')],
    ['try_cast(origin AS integer)', col('origin').tryCast('int32')],
    ["TRY_CAST ('2001-02-30' AS date)", lit('2001-02-30').tryCast('date')],
    ["concat('é try_cast(', CAST(delay AS text))", lit('é try_cast(').concat(col('delay').cast('utf8'))],
    ['delay::numeric(18, 2)', col('delay').cast('decimal(2)')],
    ["'2001-02-03'::date", lit(new Date('2001-02-03')).cast('date')],
    ['1.0', lit(1).cast('float64')],
    ['true', lit(true)],
    ['NULL', lit(null)],
  ])('%s', async (text, expr) => {
    const node = await exprOf(text);
    if (expr) expect(node).toEqual(expr.node);
  });

  it('writes the tests of SQL by those that there are', async () => {
    const call = (fn: 'coalesce', ...args: readonly unknown[]) => ({ kind: 'call', fn, args });
    const open = col('open').node;
    const [yes, no] = [lit(true).node, lit(false).node];
    expect(await exprOf('open IS TRUE', 'airports')).toEqual(call('coalesce', open, no));
    expect(await exprOf('open IS NOT TRUE', 'airports')).toEqual({ kind: 'not', arg: call('coalesce', open, no) });
    expect(await exprOf('open IS FALSE', 'airports')).toEqual({ kind: 'not', arg: call('coalesce', open, yes) });
    expect(await exprOf('open IS NOT FALSE', 'airports')).toEqual(call('coalesce', open, yes));
    expect(await exprOf('open IS UNKNOWN', 'airports')).toEqual(col('open').isNull().node);
    expect(await exprOf('COALESCE(delay, distance)')).toEqual(
      call('coalesce', col('delay').node, col('distance').node),
    );
  });

  it('writes CASE in both forms, NULLIF, and IS DISTINCT FROM', async () => {
    const searched = await exprOf("CASE WHEN delay > 60 THEN 'late' WHEN delay > 0 THEN 'a little' ELSE 'no' END");
    expect(searched).toMatchObject({ kind: 'case', otherwise: lit('no').node });
    expect(searched?.kind === 'case' && searched.branches.map(({ when }) => when)).toEqual([
      col('delay').gt(60).node,
      col('delay').gt(0).node,
    ]);
    const simple = await exprOf("CASE origin WHEN 'JFK' THEN 1 END");
    expect(simple).toMatchObject({ kind: 'case', otherwise: lit(null).node });
    expect(simple?.kind === 'case' && simple.branches[0]?.when).toEqual(col('origin').eq('JFK').node);
    expect(await exprOf('NULLIF(delay, 0)')).toMatchObject({ kind: 'case', otherwise: col('delay').node });
    expect(await exprOf('delay IS DISTINCT FROM distance')).toMatchObject({
      kind: 'not',
      arg: { kind: 'logic', op: 'or' },
    });
  });

  it('counts days between dates, and moves dates by days', async () => {
    expect(await exprOf("since - DATE '2001-01-01'", 'airports')).toMatchObject({ kind: 'call', fn: 'dateDiff' });
    expect(await exprOf('since + 7', 'airports')).toMatchObject({ kind: 'cast', to: 'date' });
  });
});

describe('GROUP BY', () => {
  const n = count().as('n');

  it('takes columns, numbers, aliases and expressions', async () => {
    const byOrigin = flights.groupBy('origin').agg(n);
    await same('SELECT origin, count(*) AS n FROM flights GROUP BY origin', byOrigin);
    await same('SELECT origin, count(*) AS n FROM flights GROUP BY 1', byOrigin);
    const byHour = flights.groupBy(col('delay').div(60).as('hour')).agg(n);
    await same('SELECT delay / 60 AS hour, count(*) AS n FROM flights GROUP BY delay / 60', byHour);
    await same('SELECT delay / 60 AS hour, count(*) AS n FROM flights GROUP BY hour', byHour);
    // A column of the table goes before a column of the result, as in PostgreSQL.
    await same(
      'SELECT count(*) AS n, max(delay) AS origin FROM flights GROUP BY origin',
      flights.groupBy(col('origin').as('origin_1')).agg(n, col('delay').max().as('origin')).select('n', 'origin'),
    );
  });

  it('computes aggregates, and what combines them', async () => {
    await same('SELECT count(*) FROM flights', flights.agg(count().as('count')));
    await same(
      'SELECT sum(delay) FILTER (WHERE delay > 0) AS late FROM flights',
      flights.agg(
        col('delay')
          .sum({ where: col('delay').gt(0) })
          .as('late'),
      ),
    );
    const plan = await planOf('SELECT max(delay) - min(delay) AS spread, max(delay) FROM flights');
    expect(plan).toMatchObject({ kind: 'select', input: { kind: 'aggregate', keys: [] } });
    expect(plan.kind === 'select' && plan.input.kind === 'aggregate' && plan.input.aggregates).toHaveLength(2);
  });

  it.each([
    ['count(delay)', col('delay').count()],
    ['count(DISTINCT delay)', col('delay').countDistinct()],
    ['avg(delay)', col('delay').mean()],
    ['variance(delay)', col('delay').var()],
    ['var_pop(delay)', col('delay').varPop()],
    ['stddev(delay)', col('delay').std()],
    ['stddev_pop(delay)', col('delay').stdPop()],
    ['median(delay)', col('delay').median()],
    ['quantile_cont(delay, 0.9)', col('delay').quantile(0.9)],
    ['percentile_cont(0.9) WITHIN GROUP (ORDER BY delay)', col('delay').quantile(0.9)],
    ['percentile_cont(0.25) WITHIN GROUP (ORDER BY delay DESC)', col('delay').quantile(0.75)],
    ['approx_quantile(delay, 0.5)', col('delay').approxQuantile(0.5)],
    ['approx_count_distinct(delay)', col('delay').approxCountDistinct()],
    ['first(delay)', col('delay').first()],
    ['arg_max(origin, delay)', col('origin').argMax(col('delay'))],
    ['min_by(origin, delay)', col('origin').argMin(col('delay'))],
    ['bool_and(delay > 0)', col('delay').gt(0).all()],
    ['bool_or(delay > 0)', col('delay').gt(0).any()],
    ['max(DISTINCT delay)', col('delay').max()],
  ])('%s', async (text, expr) => {
    expect(await planOf(`SELECT ${text} AS x FROM flights`)).toEqual(flights.agg(expr.as('x')).plan);
  });

  it('keeps groups by HAVING', async () => {
    await same(
      'SELECT origin, count(*) AS n FROM flights GROUP BY origin HAVING count(*) > 10',
      flights.groupBy('origin').agg(n).filter(col('n').gt(10)),
    );
    await same(
      'SELECT origin FROM flights GROUP BY origin HAVING max(delay) > 10',
      flights
        .groupBy('origin')
        .agg(col('delay').max().as('max(delay)'))
        .filter(col('max(delay)').gt(10))
        .select('origin'),
    );
  });
});

describe('ORDER BY and LIMIT', () => {
  it('orders by names, numbers and expressions', async () => {
    await same('SELECT * FROM flights ORDER BY delay', flights.sort('delay'));
    await same('SELECT * FROM flights ORDER BY delay DESC', flights.sort('delay', 'desc'));
    await same(
      'SELECT * FROM flights ORDER BY delay DESC NULLS FIRST, origin NULLS FIRST',
      flights.sort([col('delay').desc({ nulls: 'first' }), col('origin').asc({ nulls: 'first' })]),
    );
    await same('SELECT origin FROM flights ORDER BY delay + 1', flights.sort(col('delay').add(1)).select('origin'));
    await same(
      'SELECT origin, delay * 2 AS d FROM flights ORDER BY d, 1 LIMIT 5',
      flights
        .sort([col('delay').mul(2), col('origin')])
        .limit(5)
        .select('origin', col('delay').mul(2).as('d')),
    );
    await same(
      'SELECT origin, count(*) AS n FROM flights GROUP BY 1 ORDER BY count(*) DESC, origin LIMIT 3',
      flights
        .groupBy('origin')
        .agg(count().as('n'))
        .sort([col('n').desc(), col('origin')])
        .limit(3),
    );
  });

  it('cuts', async () => {
    await same('SELECT * FROM flights LIMIT 5', flights.limit(5));
    await same('SELECT * FROM flights LIMIT 5 OFFSET 2', flights.slice(2, 5));
    await same('SELECT * FROM flights OFFSET 2', flights.slice(2));
    await same('SELECT * FROM flights LIMIT ALL', flights);
    await same('SELECT * FROM flights FETCH FIRST 3 ROWS ONLY', flights.limit(3));
  });
});

describe('more than one table', () => {
  const flown: PlanNode = { kind: 'scan', table: 'flights' };
  const known: PlanNode = { kind: 'scan', table: 'airports' };
  const join = (more: object): PlanNode =>
    ({
      kind: 'join',
      left: flown,
      right: known,
      how: 'inner',
      on: [{ left: col('origin').node, right: col('code').node }],
      suffix: '_right',
      ...more,
    }) as PlanNode;

  it('joins by equal columns', async () => {
    expect(await planOf('SELECT * FROM flights JOIN airports ON origin = code')).toEqual(join({}));
    expect(await planOf('SELECT * FROM flights f JOIN airports a ON a.code = f.origin')).toEqual(join({}));
    expect(await planOf('SELECT * FROM flights LEFT JOIN airports ON origin = code')).toEqual(join({ how: 'left' }));
    expect(await planOf('SELECT * FROM flights LEFT JOIN airports ON origin = code AND open')).toEqual(
      join({ how: 'left', right: airports.filter(col('open')).plan }),
    );
    expect(await planOf('SELECT * FROM flights JOIN airports ON origin = code AND delay > elevation')).toEqual({
      kind: 'filter',
      input: join({}),
      predicate: col('delay').gt(col('elevation')).node,
    });
  });

  it('tells columns of the same name apart', async () => {
    const plan = await planOf('SELECT a.delay, b.delay FROM flights a JOIN flights b ON a.origin = b.destination');
    const names = {
      date: 'date_1',
      delay: 'delay_1',
      distance: 'distance_1',
      origin: 'origin_1',
      destination: 'destination_1',
    };
    expect(plan).toEqual({
      kind: 'select',
      input: {
        kind: 'join',
        left: flown,
        right: { kind: 'rename', input: flown, names },
        how: 'inner',
        on: [{ left: col('origin').node, right: col('destination_1').node }],
        suffix: '_right',
      },
      columns: [
        { name: 'delay', node: col('delay').node },
        { name: 'delay_1', node: col('delay_1').node },
      ],
    });
  });

  it('shows a column of USING once', async () => {
    const { columns } = await translated(
      'SELECT * FROM flights JOIN (SELECT origin, count(*) AS n FROM flights GROUP BY 1) c USING (origin)',
    );
    expect(columns.map(({ name }) => name)).toEqual(['origin', 'date', 'delay', 'distance', 'destination', 'n']);
    const both = await translated(
      'SELECT c.origin, origin FROM flights JOIN (SELECT origin FROM flights) c USING (origin)',
    );
    expect(both.columns.map(({ name }) => name)).toEqual(['origin', 'origin_1']);
  });

  it('looks up what IN and EXISTS ask for', async () => {
    const keys = (input: PlanNode, node = col('code').node): PlanNode => ({
      kind: 'select',
      input,
      columns: [{ name: 'key 1', node }],
    });
    const looked = (how: string, right: PlanNode) =>
      join({ how, right, on: [{ left: col('origin').node, right: col('key 1').node }] });
    const open = airports.filter(col('open')).plan;
    expect(await planOf('SELECT * FROM flights WHERE origin IN (SELECT code FROM airports WHERE open)')).toEqual(
      looked('semi', keys(open)),
    );
    expect(
      await planOf('SELECT * FROM flights f WHERE EXISTS (SELECT 1 FROM airports a WHERE a.code = f.origin AND open)'),
    ).toEqual(looked('semi', keys(open)));
    expect(await planOf('SELECT * FROM flights WHERE NOT EXISTS (SELECT * FROM airports WHERE code = origin)')).toEqual(
      looked('anti', keys(known)),
    );
    const grouped = await planOf(
      'SELECT * FROM flights WHERE origin IN (SELECT origin FROM flights GROUP BY 1 HAVING count(*) > 9)',
    );
    expect(grouped).toMatchObject({
      kind: 'join',
      how: 'semi',
      on: [{ left: { name: 'origin' }, right: { name: 'origin' } }],
    });
  });

  it('joins the value of a subquery to every row', async () => {
    const plan = await planOf('SELECT * FROM flights WHERE delay > (SELECT avg(delay) FROM flights)');
    expect(plan).toMatchObject({
      kind: 'select',
      input: { kind: 'filter', input: { kind: 'join', how: 'left', on: [{ left: { kind: 'literal', value: 1 } }] } },
    });
  });

  it('puts rows one after the other', async () => {
    const [origins, codes] = [flights.select(col('origin').as('x')), airports.select(col('code').as('x'))];
    await same('SELECT origin AS x FROM flights UNION ALL SELECT code AS x FROM airports', origins.union(codes));
    await same('SELECT origin AS x FROM flights UNION SELECT code AS x FROM airports', origins.union(codes).distinct());
    await same(
      'SELECT origin AS x FROM flights UNION ALL SELECT code AS x FROM airports UNION ALL SELECT origin AS x FROM flights ORDER BY 1 LIMIT 2',
      origins.union(codes, origins).sort('x').limit(2),
    );
    await same(
      'SELECT origin AS x FROM flights UNION ALL SELECT code FROM airports',
      origins.union(airports.select('code').select(col('code').as('x'))),
    );
  });

  it('names queries by WITH, and nests them in FROM', async () => {
    const counted = flights.groupBy('origin').agg(count().as('n'));
    await same(
      'WITH c AS (SELECT origin, count(*) AS n FROM flights GROUP BY 1) SELECT * FROM c WHERE n > 5',
      counted.filter(col('n').gt(5)),
    );
    await same(
      'SELECT max(n) AS most FROM (SELECT origin, count(*) AS n FROM flights GROUP BY 1) AS c',
      counted.agg({ most: col('n').max() }),
    );
    await same(
      'WITH c(o, n) AS (SELECT origin, count(*) FROM flights GROUP BY 1) SELECT o FROM c',
      flights
        .groupBy('origin')
        .agg(count().as('count'))
        .select(col('origin').as('o'), col('count').as('n'))
        .select('o'),
    );
    await same(
      'SELECT x FROM (SELECT origin FROM flights) AS c(x)',
      flights.select('origin').select(col('origin').as('x')),
    );
  });
});

it('gives frozen data', async () => {
  const plan = await planOf('SELECT origin, count(*) FROM flights WHERE delay > 3 GROUP BY origin ORDER BY 2 LIMIT 3');
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Date) return;
    expect(Object.isFrozen(value)).toBe(true);
    for (const each of Object.values(value)) check(each);
  };
  check(plan);
});

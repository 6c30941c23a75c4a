// Known questions, each for the builder and as SQL: tests judge the answers by DuckDB, benchmarks take the time. `keys` are the columns
// that the rows are grouped by, and ordered by where nothing else is said.

/**
 * The ten group-by questions of the H2O.ai database benchmark over the table of groupby.mjs.
 * @param api what the package exports
 */
export const groupByQuestions = ({ col, corr, count }) => [
  {
    name: 'q1: sum v1 by id1',
    keys: ['id1'],
    query: (x) => x.groupBy('id1').agg({ v1: col('v1').sum() }),
    sql: 'SELECT id1, sum(v1) AS v1 FROM x GROUP BY id1',
  },
  {
    name: 'q2: sum v1 by id1:id2',
    keys: ['id1', 'id2'],
    query: (x) => x.groupBy('id1', 'id2').agg({ v1: col('v1').sum() }),
    sql: 'SELECT id1, id2, sum(v1) AS v1 FROM x GROUP BY id1, id2',
  },
  {
    name: 'q3: sum v1 mean v3 by id3',
    keys: ['id3'],
    query: (x) => x.groupBy('id3').agg({ v1: col('v1').sum(), v3: col('v3').mean() }),
    sql: 'SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM x GROUP BY id3',
  },
  {
    name: 'q4: mean v1:v3 by id4',
    keys: ['id4'],
    query: (x) => x.groupBy('id4').agg({ v1: col('v1').mean(), v2: col('v2').mean(), v3: col('v3').mean() }),
    sql: 'SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM x GROUP BY id4',
  },
  {
    name: 'q5: sum v1:v3 by id6',
    keys: ['id6'],
    query: (x) => x.groupBy('id6').agg({ v1: col('v1').sum(), v2: col('v2').sum(), v3: col('v3').sum() }),
    sql: 'SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM x GROUP BY id6',
  },
  {
    name: 'q6: median v3 sd v3 by id4:id5',
    keys: ['id4', 'id5'],
    query: (x) => x.groupBy('id4', 'id5').agg({ median_v3: col('v3').median(), sd_v3: col('v3').std() }),
    sql: 'SELECT id4, id5, median(v3) AS median_v3, stddev(v3) AS sd_v3 FROM x GROUP BY id4, id5',
  },
  {
    name: 'q7: max v1 - min v2 by id3',
    keys: ['id3'],
    query: (x) => x.groupBy('id3').agg({ range_v1_v2: col('v1').max().sub(col('v2').min()) }),
    sql: 'SELECT id3, max(v1) - min(v2) AS range_v1_v2 FROM x GROUP BY id3',
  },
  {
    name: 'q8: largest two v3 by id6',
    keys: ['id6'],
    query: (x) => x.groupBy('id6').agg({ largest2_v3: col('v3').topK(2) }),
    // DuckDB's own words; PostgreSQL has none but window functions.
    sql: 'SELECT id6, max(v3, 2) AS largest2_v3 FROM x GROUP BY id6',
    onlyBuilder: true,
  },
  {
    name: 'q9: regression v1 v2 by id2:id4',
    keys: ['id2', 'id4'],
    query: (x) => {
      const r = corr(col('v1'), col('v2'));
      return x.groupBy('id2', 'id4').agg({ r2: r.mul(r) });
    },
    sql: 'SELECT id2, id4, corr(v1, v2) * corr(v1, v2) AS r2 FROM x GROUP BY id2, id4',
  },
  {
    name: 'q10: sum v3 count by id1:id6',
    keys: ['id1', 'id2', 'id3', 'id4', 'id5', 'id6'],
    query: (x) => x.groupBy('id1', 'id2', 'id3', 'id4', 'id5', 'id6').agg({ v3: col('v3').sum(), count: count() }),
    sql: `SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS count FROM x
          GROUP BY id1, id2, id3, id4, id5, id6`,
  },
];

/** Queries 1 and 6 of TPC-H over the table of lineitem.mjs. */
export const tpchQuestions = ({ col, count, lit }) => {
  const discounted = col('l_extendedprice').mul(lit(1).sub(col('l_discount')));
  return [
    {
      name: 'TPC-H 1: pricing summary',
      keys: ['l_returnflag', 'l_linestatus'],
      query: (lineitem) =>
        lineitem
          .filter(col('l_shipdate').ltEq('1998-09-02'))
          .groupBy('l_returnflag', 'l_linestatus')
          .agg({
            sum_qty: col('l_quantity').sum(),
            sum_base_price: col('l_extendedprice').sum(),
            sum_disc_price: discounted.sum(),
            sum_charge: discounted.mul(lit(1).add(col('l_tax'))).sum(),
            avg_qty: col('l_quantity').mean(),
            avg_price: col('l_extendedprice').mean(),
            avg_disc: col('l_discount').mean(),
            count_order: count(),
          }),
      sql: `SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, sum(l_extendedprice) AS sum_base_price,
              sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
              sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge, avg(l_quantity) AS avg_qty,
              avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc, count(*) AS count_order
            FROM lineitem WHERE l_shipdate <= DATE '1998-09-02' GROUP BY l_returnflag, l_linestatus`,
    },
    {
      name: 'TPC-H 6: forecasting revenue change',
      keys: [],
      query: (lineitem) =>
        lineitem
          .filter(col('l_shipdate').gtEq('1994-01-01').and(col('l_shipdate').lt('1995-01-01')))
          .filter(col('l_discount').gtEq(0.05).and(col('l_discount').ltEq(0.07)))
          .filter(col('l_quantity').lt(24))
          .agg({ revenue: col('l_extendedprice').mul(col('l_discount')).sum() }),
      sql: `SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem
            WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01'
              AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`,
    },
  ];
};

/** Four questions to three million flights. */
export const flightsQuestions = ({ col, count }) => [
  {
    name: 'group-by',
    keys: ['origin'],
    query: (flights) =>
      flights
        .filter(col('distance').gt(500))
        .groupBy('origin')
        .agg({ n: count(), mean: col('delay').mean(), most: col('delay').max() }),
    sql: `SELECT origin, count(*) AS n, avg(delay) AS mean, max(delay) AS most FROM flights
          WHERE distance > 500 GROUP BY origin`,
  },
  {
    name: 'sum(delay * distance)',
    keys: [],
    query: (flights) => flights.agg({ dot: col('delay').mul(col('distance')).sum() }),
    sql: 'SELECT sum(delay * distance) AS dot FROM flights',
  },
  {
    name: 'mean, std(delay)',
    keys: [],
    query: (flights) => flights.agg({ mean: col('delay').mean(), std: col('delay').std() }),
    sql: 'SELECT avg(delay) AS mean, stddev(delay) AS std FROM flights',
  },
  {
    name: 'filtered sum',
    keys: [],
    query: (flights) => flights.filter(col('distance').gt(500)).agg({ sum: col('delay').sum() }),
    sql: 'SELECT sum(delay) AS sum FROM flights WHERE distance > 500',
  },
];

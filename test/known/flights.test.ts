// Questions to three million real flights, and models of some of them, judged by what DuckDB says of the same rows.
import { Matrix, solve } from 'ml-matrix';
import { flightsQuestions } from '../../scripts/bench/data/questions.mjs';
import * as api from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { type Judge, openJudge } from './judge.js';

const FLIGHTS = 'node_modules/vega-datasets/data/flights-3m.parquet';

let sf: api.Shardfold;
let judge: Judge;
beforeAll(async () => {
  judge = await openJudge();
  await judge.connection.run(`CREATE VIEW flights AS SELECT * FROM '${FLIGHTS}'`);
  sf = await api.connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('flights', FLIGHTS);
});
afterAll(async () => {
  await sf.drop('flights');
  await sf.close();
  judge.close();
});

test.each(flightsQuestions(api).map((question) => [question.name, question] as const))('%s', async (_, question) => {
  await judge.agrees(question, sf, 'flights');
});

describe('models of a fortnight', () => {
  const { col } = api;
  const END = '2001-01-15';
  const some = (): api.Query =>
    sf
      .table('flights')
      .filter(col('date').lt(new Date(END)))
      .withColumns({ hour: col('date').hour(), late: col('delay').gt(30) });
  const SOME = `(SELECT *, hour(date) AS hour, delay > 30 AS late FROM flights WHERE date < TIMESTAMP '${END}')`;
  const ask = async (sql: string): Promise<Record<string, number>[]> =>
    (await judge.connection.runAndReadAll(sql)).getRowObjectsJS().map((row) => {
      return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
    });

  it('a line: what regr_slope and its like say', async () => {
    const [theirs] = await ask(
      `SELECT count(*) AS n, regr_slope(delay, distance) AS slope, regr_intercept(delay, distance) AS intercept, regr_r2(delay, distance) AS r2 FROM ${SOME}`,
    );
    const { n, slope, intercept, r2 } = theirs as Record<'n' | 'slope' | 'intercept' | 'r2', number>;
    const model = await sf.linearRegression(some(), { y: 'delay', x: ['distance'] });
    expect(model.n).toBe(n);
    const [first, second] = model.coefficients.map(({ estimate }) => estimate) as [number, number];
    expect(Math.abs(first / intercept - 1)).toBeLessThan(1e-9);
    expect(Math.abs(second / slope - 1)).toBeLessThan(1e-9);
    expect(Math.abs(model.r2 / r2 - 1)).toBeLessThan(1e-8);
    expect(model.digits).toBeGreaterThanOrEqual(12);
  });

  it('three predictors: the normal equations of the sums that DuckDB has', async () => {
    const columns = ['1', 'distance', 'hour', 'late::INT'];
    const sum = (a: string, b: string): string => `sum(${a}::HUGEINT * ${b})`;
    const cells = columns.flatMap((a, i) => [...columns, 'delay'].map((b, j) => `${sum(a, b)} AS s${i}_${j}`));
    const [sums] = await ask(`SELECT ${cells.join(', ')} FROM ${SOME}`);
    const at = (i: number, j: number): number => (sums as Record<string, number>)[`s${i}_${j}`] as number;
    const normal = columns.map((_, i) => columns.map((__, j) => at(i, j)));
    const theirs = solve(new Matrix(normal), Matrix.columnVector(columns.map((_, i) => at(i, 4)))).to1DArray();
    for (const method of ['qr', 'normal'] as const) {
      const { coefficients } = await sf.linearRegression(some(), {
        y: 'delay',
        x: ['distance', 'hour', 'late'],
        method,
      });
      coefficients.forEach(({ estimate }, i) => {
        expect(Math.abs(estimate / (theirs[i] as number) - 1)).toBeLessThan(1e-8);
      });
    }
  });

  it('who is late at which hour: Newton by hand on what DuckDB counts', async () => {
    const groups = await ask(`SELECT hour, count(*) AS n, sum(late::INT) AS late FROM ${SOME} GROUP BY hour`);
    let [a, b] = [0, 0];
    for (let step = 0; step < 50; step++) {
      const [g, h] = [
        [0, 0],
        [0, 0, 0],
      ] as [[number, number], [number, number, number]];
      for (const { hour, n, late } of groups as Record<'hour' | 'n' | 'late', number>[]) {
        const p = 1 / (1 + Math.exp(-(a + b * hour)));
        const [rest, weight] = [late - n * p, n * p * (1 - p)];
        g[0] += rest;
        g[1] += rest * hour;
        h[0] += weight;
        h[1] += weight * hour;
        h[2] += weight * hour * hour;
      }
      const det = h[0] * h[2] - h[1] * h[1];
      a += (h[2] * g[0] - h[1] * g[1]) / det;
      b += (h[0] * g[1] - h[1] * g[0]) / det;
    }
    const { coefficients } = await sf.logisticRegression(some(), { y: 'late', x: ['hour'] });
    const [intercept, slope] = coefficients.map(({ estimate }) => estimate) as [number, number];
    expect(Math.abs(intercept / a - 1)).toBeLessThan(1e-7);
    expect(Math.abs(slope / b - 1)).toBeLessThan(1e-7);
  });

  it('clusters: each centre is the mean of the rows that DuckDB finds nearest to it', async () => {
    // One day, for a step is a pass over all rows.
    const day = some().filter(col('date').lt(new Date('2001-01-02')));
    const model = await sf.kMeans(day, { x: ['delay', 'distance'], k: 3, seed: 3, maxIterations: 500, tolerance: 0 });
    const far = model.centers.map(([x, y]) => `(delay - ${x}) ** 2 + (distance - ${y}) ** 2`);
    const nearest = `list_position([${far.join(', ')}], least(${far.join(', ')}))`;
    const theirs = await ask(
      `SELECT c, count(*) AS n, avg(delay) AS x, avg(distance) AS y FROM (SELECT *, ${nearest} AS c FROM ${SOME} WHERE date < TIMESTAMP '2001-01-02') GROUP BY c ORDER BY c`,
    );
    expect(theirs.map(({ n }) => n)).toEqual(model.sizes);
    theirs.forEach(({ x, y }, c) => {
      const [dx, dy] = model.centers[c] as readonly [number, number];
      expect(Math.abs(dx - (x as number))).toBeLessThan(1e-6);
      expect(Math.abs(dy - (y as number))).toBeLessThan(1e-6);
    });
  });
});

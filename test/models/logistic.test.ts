// Logistic regression: R's published results, the equations that coefficients must meet, and the same bits everywhere.
import {
  col,
  connect,
  type Iterate,
  type LogisticModel,
  LogisticModel as Model,
  NotConverged,
  type Shardfold,
} from '../../src/index.js';
import { normalTwoSided } from '../../src/models/normal.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const ROWS = 9000;
const connected: Shardfold[] = [];

function* chance(): Generator<number> {
  for (let state = 4321; ; ) {
    state = (state * 16807) % 2147483647;
    yield state / 2147483647;
  }
}

interface Row {
  a: number;
  b: number | null;
  word: string;
  flag: boolean;
  y: number;
}

const random = chance();
const next = (): number => random.next().value as number;
const rows: Row[] = Array.from({ length: ROWS }, (_, i) => {
  const [a, b, word, flag] = [1000 + next() * 3, next() - 0.5, ['n', 'm', 's'][i % 3] as string, next() < 0.3];
  const eta = (a - 1001) * 0.8 - 2 * b + (word === 's' ? 1 : 0) - (flag ? 0.7 : 0);
  return { a, b: i % 90 === 89 ? null : b, word, flag, y: next() < 1 / (1 + Math.exp(-eta)) ? 1 : 0 };
});

beforeAll(async () => {
  const schema = { a: 'float64', b: 'float64', word: 'utf8', flag: 'bool', y: 'int32' } as const;
  for (const shards of [1, 3, 5] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    connected.push(sf);
    await sf.createTable('t', rows, { schema, chunkRows: 2000 });
  }
  await first().createTable('cars', 'test/models/data/mtcars.csv');
});
afterAll(async () => {
  for (const sf of connected) await sf.close();
});

const first = (): Shardfold => connected[0] as Shardfold;
const X = ['a', 'b', 'word', 'flag'];
const shown = ({ coefficients }: LogisticModel, digits: number): string[] =>
  coefficients.map(({ estimate, standardError }) => `${estimate.toFixed(digits)} ${standardError?.toFixed(digits)}`);

it('mtcars as R has it', async () => {
  // summary(glm(am ~ wt, binomial, mtcars)) and glm(am ~ hp + wt, …)
  const wt = await first().logisticRegression('cars', { y: 'am', x: ['wt'] });
  expect(shown(wt, 2)).toEqual(['12.04 4.51', '-4.02 1.44']);
  expect([wt.nullDeviance.toFixed(3), wt.deviance.toFixed(3), wt.aic.toFixed(3)]).toEqual([
    '43.230',
    '19.176',
    '23.176',
  ]);
  expect(wt.coefficients.map(({ z, p }) => `${z?.toFixed(3)} ${p?.toFixed(5)}`)).toEqual([
    '2.670 0.00759',
    '-2.801 0.00509',
  ]);
  const both = await first().logisticRegression('cars', { y: 'am', x: ['hp', 'wt'] });
  expect(shown(both, 5)).toEqual(['18.86630 7.44356', '0.03626 0.01773', '-8.08348 3.06868']);
  expect([both.deviance.toFixed(3), both.aic.toFixed(3)]).toEqual(['10.059', '16.059']);
  expect(String(both).split('\n')).toEqual([
    'am ~ hp + wt, logistic',
    '32 rows, am is 1 in 13',
    '',
    'Coefficients:',
    '            Estimate Std. Error z value Pr(>|z|)',
    '(Intercept) 18.86630    7.44356   2.535  0.01126 *',
    'hp           0.03626    0.01773   2.044  0.04091 *',
    'wt          -8.08348    3.06868  -2.634  0.00843 **',
    '---',
    "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1",
    '',
    '    Null deviance: 43.2297 on 31 degrees of freedom',
    'Residual deviance: 10.0591 on 29 degrees of freedom',
    'AIC: 16.0591',
    '',
    expect.stringMatching(/^Newton iterations: \d+$/),
  ]);
});

it('the same bits on 1, 3 and 5 shards, in the shards and here, with texts, bools and nulls', async () => {
  const seen = new Set<string>();
  for (const sf of connected) {
    for (const side of ['shards', 'client'] as const) {
      const { receipt, ...model } = (await sf.logisticRegression('t', { y: 'y', x: X, side })).toJSON();
      expect([receipt.computedOn[side], receipt.libm]).toEqual([5, undefined]);
      seen.add(JSON.stringify(model));
    }
  }
  expect(seen.size).toBe(1);
});

/** Σ (y − p) x_j of the rows without a null, relative to Σ |x_j|. */
function slopes(model: LogisticModel): number[] {
  const sums = model.coefficients.map(() => ({ slope: 0, size: 0 }));
  for (const { a, b, word, flag, y } of rows.filter((row) => row.b !== null)) {
    const x = [1, a, b as number, word === 'n' ? 1 : 0, word === 's' ? 1 : 0, flag ? 1 : 0].slice(
      model.intercept ? 0 : 1,
    );
    const eta = x.reduce((sum, each, j) => sum + each * (model.coefficients[j]?.estimate as number), 0);
    const rest = y - 1 / (1 + Math.exp(-eta));
    for (const [j, sum] of sums.entries()) {
      sum.slope += rest * (x[j] as number);
      sum.size += Math.abs(x[j] as number);
    }
  }
  return sums.map(({ slope, size }) => slope / size);
}

it('meets the equations of the greatest likelihood, with and without an intercept, and with a penalty', async () => {
  const model = await first().logisticRegression('t', { y: 'y', x: X });
  expect(model.coefficients.map(({ name }) => name)).toEqual([
    '(Intercept)',
    'a',
    'b',
    'word=n',
    'word=s',
    'flag=true',
  ]);
  expect([model.n, model.dropped]).toEqual([8900, 100]);
  for (const slope of slopes(model)) expect(Math.abs(slope)).toBeLessThan(1e-12);
  const without = await first().logisticRegression('t', { y: 'y', x: X, intercept: false });
  expect(without.coefficients).toHaveLength(5);
  for (const slope of slopes(without)) expect(Math.abs(slope)).toBeLessThan(1e-12);
  expect(without.nullDeviance).toBeCloseTo(2 * 8900 * Math.LN2, 8);
  // The classes lie apart, and no line through 0 tells them: the zero of Σ (y − 1/(1 + exp(−β x))) x.
  await first().createTable('apart', { x: [1, 1.5, 2, 3], y: [0, 0, 1, 1] });
  const apart = await first().logisticRegression('apart', { y: 'y', x: ['x'], intercept: false });
  expect(apart.coefficients[0]?.estimate).toBeCloseTo(0.32437, 5);
  const through = first().sql('SELECT x - 1.75 AS x, y FROM apart');
  await expect(first().logisticRegression(through, { y: 'y', x: ['x'], intercept: false })).rejects.toMatchObject({
    code: 'NOT_CONVERGED',
    reason: expect.stringMatching(/^x tells all rows/),
  });
  const ridge = await first().logisticRegression('t', { y: 'y', x: X, l2: 50 });
  const b = ridge.coefficients[2] as (typeof ridge.coefficients)[0];
  expect([b.name, b.standardError, b.z, b.p]).toEqual(['b', null, null, null]);
  expect(Math.abs(b.estimate)).toBeLessThan(Math.abs(model.coefficients[2]?.estimate as number));
  const sizeOfB = rows.reduce((sum, row) => sum + Math.abs(row.b ?? 0), 0);
  expect((slopes(ridge)[2] as number) * sizeOfB).toBeCloseTo(50 * b.estimate, 7);
});

it('predicts probabilities that sum up to the rows where y is 1; null for nulls', async () => {
  const model = await first().logisticRegression('t', { y: 'y', x: X });
  const predicted = model.predict(first().table('t'), { as: 'p' });
  const [sum] = await predicted
    .agg({ p: col('p').sum(), n: col('p').count(), ones: col('y').sum({ where: col('p').isNotNull() }) })
    .collect<{ p: number; n: number; ones: number }>();
  expect(sum).toMatchObject({ n: 8900, ones: model.ones });
  expect(sum?.p).toBeCloseTo(model.ones, 6);
  expect(String(Model.fromJSON(JSON.parse(JSON.stringify(model))))).toBe(String(model));
  expect(() => Model.fromJSON({ model: 'linear' })).toThrow('an object is no logistic model');
});

it('says why coefficients do not settle, and how far they came', async () => {
  const sf = first();
  const failing = async (query: string, options = {}): Promise<NotConverged<Iterate>> => {
    const error = await sf
      .logisticRegression(sf.sql(query), { y: 'y', x: ['x'], ...options })
      .catch((each: unknown) => each);
    expect(error).toBeInstanceOf(NotConverged);
    expect(error).toMatchObject({ code: 'NOT_CONVERGED' });
    return error as NotConverged<Iterate>;
  };
  const complete = await failing('SELECT wt AS x, wt > 3 AS y FROM cars');
  expect(complete.message).toMatch(
    /^x tells all rows where y is 1 from those where it is 0.* the coefficients are \(Intercept\) -/,
  );
  const quasi = await failing('SELECT am AS x, am = 1 AND wt > 2 AS y FROM cars', { maxIterations: 100 });
  expect(quasi.reason).toMatch(/^x tells some rows where y is 1 from the others/);
  const early = await failing('SELECT wt AS x, am = 1 AS y FROM cars', { maxIterations: 2 });
  expect(early.message).toMatch(/still move by .* after the most iterations, 2; after 2 iterations the deviance is/);
  expect(early.last).toMatchObject({ iterations: 2, coefficients: [{ name: '(Intercept)' }, { name: 'x' }] });
  const penalised = sf.sql('SELECT wt AS x, wt > 3 AS y FROM cars');
  expect((await sf.logisticRegression(penalised, { y: 'y', x: ['x'], l2: 1 })).iterations).toBeGreaterThan(2);
});

it.each([
  ['SELECT 1 AS x, am AS y FROM cars', {}, 'SINGULAR', 'column "x" is constant'],
  [
    'SELECT wt AS x, wt AS y FROM cars',
    {},
    'INVALID_VALUE',
    'column "y" is neither 0 nor 1 in 32 of 32 rows of "cars"',
  ],
  ['SELECT wt AS x, 1 AS y FROM cars', {}, 'INVALID_ARGUMENT', 'column "y" is 1 in all 32 rows of "cars"'],
  ["SELECT wt AS x, 'yes' AS y FROM cars", {}, 'TYPE_MISMATCH', 'column "y" is utf8, and y is a bool, or 0 and 1'],
  [
    'SELECT wt AS x, 2 * wt + 1 AS z, am AS y FROM cars',
    { x: ['x', 'z'] },
    'SINGULAR',
    'column "z" is a combination of the columns before it, or nearly one: less than 1e-11 of its squares is left',
  ],
  [
    'SELECT wt AS x, 2 * wt + hp * 1e-9 AS z, am AS y FROM cars',
    { x: ['x', 'z'] },
    'SINGULAR',
    /^column "z" is a combination of the columns before it, or nearly one/,
  ],
  ['SELECT wt AS x, am AS y FROM cars LIMIT 1', {}, 'INVALID_ARGUMENT', 'column "y" is 1 in the only row of "cars"'],
  [
    'SELECT wt AS x, hp AS z, am AS y FROM cars WHERE wt IN (2.62, 3.46)',
    { x: ['x', 'z'] },
    'TOO_FEW_ROWS',
    '2 rows of "cars" cannot tell 3 coefficients',
  ],
  [
    "SELECT CASE WHEN hp > 150 THEN 'fast' ELSE 'slow' END AS z, wt / 0 AS x, am AS y FROM cars",
    { x: ['z', 'x'] },
    'OUT_OF_RANGE',
    /^x: there are NaN or infinite values/,
  ],
  [
    'SELECT NULLIF(wt, 3.44) AS x, am AS y FROM cars',
    { nulls: 'error' },
    'INVALID_VALUE',
    '3 rows of "cars" have a null in x',
  ],
  ['SELECT wt AS x, am AS y FROM cars', { x: ['x', 'y'] }, 'INVALID_ARGUMENT', '"y" is y and among x'],
  ['SELECT wt AS x, am AS y FROM cars', { y: 'z' }, 'UNKNOWN_COLUMN', 'there is no column "z"'],
  ['SELECT wt AS x, am AS y FROM cars', { l2: -1 }, 'INVALID_ARGUMENT', 'l2 is -1'],
  ['SELECT wt AS x, am AS y FROM cars', { maxIter: 1 }, 'INVALID_ARGUMENT', /^there is no option maxIter/],
])('refuses %s %j', async (query, options, code, message) => {
  const work = first().logisticRegression(first().sql(query), { y: 'y', x: ['x'], ...options } as never);
  const text = typeof message === 'string' ? message : expect.stringMatching(message);
  await expect(work).rejects.toMatchObject({ code, message: text });
});

it('tails of the normal distribution, to 13 digits', () => {
  // Abramowitz & Stegun, table 26.2, and R's 2 * pnorm(-z).
  const known = [
    [0, 1],
    [1, 0.3173105078629141],
    [1.959963984540054, 0.05],
    [3, 0.0026997960632601866],
    [5, 5.733031437583867e-7],
    [10, 1.523970604832105e-23],
  ] as const;
  for (const [z, p] of known) expect(Math.abs(normalTwoSided(-z) / p - 1)).toBeLessThan(1e-13);
  expect([normalTwoSided(50), normalTwoSided(Number.NaN)]).toEqual([0, Number.NaN]);
});

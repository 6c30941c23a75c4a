/** Linear regression against NIST's datasets, R's published output, and other programs' ways to the same figures. */
import { Matrix, solve } from 'ml-matrix';
import { col, connect, LinearModel, type LinearOptions, type Query, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { cramer } from './cramer.js';
import { CERTIFIED, EXACT, nistData } from './nist.js';
import { CARS, MTCARS, PLANT_GROWTH } from './r-data.js';

const connected: Shardfold[] = [];
beforeAll(async () => {
  for (const shards of [1, 3, 5] as const) {
    connected.push(await connect({ url: sharedUrl(shards), prefix: uniquePrefix() }));
  }
});
afterAll(async () => {
  for (const sf of connected) await sf.close();
});
const three = (): Shardfold => connected[1] as Shardfold;

const relative = (value: number, truth: number): number => Math.abs(value - truth) / Math.abs(truth);
const estimates = ({ coefficients }: LinearModel): number[] => coefficients.map(({ estimate }) => estimate);
const errorsOf = ({ coefficients }: LinearModel): number[] =>
  coefficients.map(({ standardError }) => standardError as number);

describe.each(Object.entries(EXACT))('%s', (name, { intercept, columns, beta, se }) => {
  it('has the digits of the exact solution and what NIST certifies, and the same bits on 1, 3 and 5 shards', async () => {
    const data = nistData(name);
    const seen = new Set<string>();
    for (const sf of connected) {
      await sf.createTable(name, data, { chunkRows: 8 });
      for (const side of sf === three() ? (['shards', 'client'] as const) : (['shards'] as const)) {
        const model = await sf.linearRegression(name, { y: 'y', x: columns, intercept, side });
        seen.add(JSON.stringify({ ...model.toJSON(), receipt: undefined }));
        if (seen.size > 1 || side === 'client') continue;
        const negligible = Math.max(...(data.y as Float64Array).map(Math.abs)) * 1e-9;
        const certified = CERTIFIED[name] as (typeof CERTIFIED)[string];
        for (const [j, estimate] of estimates(model).entries()) {
          expect(relative(estimate, Number(beta[j]))).toBeLessThan(1e-15);
          const error = errorsOf(model)[j] as number;
          if (Number(certified.se[j]) === 0) expect(error).toBeLessThan(negligible);
          else
            expect(relative(error, Number(se[j]))).toBeLessThan(
              Math.min(1e-12, 10 ** -(model.standardErrorDigits ?? 0)),
            );
        }
        // Rounding Filip's powers costs all but these digits.
        const loss = name === 'filip' ? 1e-7 : 1e-12;
        expect(Math.abs(model.residualStandardDeviation - Number(certified.sd))).toBeLessThan(
          Math.max(loss * Number(certified.sd), negligible),
        );
        expect(relative(model.r2, Number(certified.r2))).toBeLessThan(loss);
        expect(model.digits).toBe(15);
        const isPerfect = Number(certified.sd) === 0;
        if (isPerfect) expect(model.warning).toMatch(/^an essentially perfect fit/);
        else expect(model.warning).toBeUndefined();
        expect(
          model.coefficients.every(({ t, p }) => Number.isNaN(t) === isPerfect && Number.isNaN(p) === isPerfect),
        ).toBe(true);
        expect(model.receipt.computedOn).toMatchObject({ client: 0 });
      }
    }
    expect(seen.size).toBe(1);
  });
});

/** Digits as R prints them. */
const printed = (model: LinearModel, digits: number): (string | undefined)[][] =>
  model.coefficients.map(({ name, estimate, standardError, t, p }) => [
    name,
    ...[estimate, standardError, t].map((x) => x?.toFixed(digits)),
    p?.toPrecision(3),
  ]);

describe("R's lm", () => {
  it('cars: dist ~ speed', async () => {
    await three().createTable('cars', CARS);
    const model = await three().linearRegression('cars', { y: 'dist', x: ['speed'] });
    expect(printed(model, 4)).toEqual([
      ['(Intercept)', '-17.5791', '6.7584', '-2.6011', '0.0123'],
      ['speed', '3.9324', '0.4155', '9.4640', '1.49e-12'],
    ]);
    expect(model.confidenceIntervals().map(({ low, high }) => [low.toFixed(6), high.toFixed(6)])).toEqual([
      ['-31.167850', '-3.990340'],
      ['3.096964', '4.767853'],
    ]);
    expect(model.toString()).toBe(
      [
        'dist ~ speed',
        '50 rows',
        '',
        'Coefficients:',
        '            Estimate Std. Error t value Pr(>|t|)',
        '(Intercept) -17.5791     6.7584  -2.601   0.0123 *',
        'speed         3.9324     0.4155   9.464 1.49e-12 ***',
        '---',
        "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1",
        '',
        'Residual standard error: 15.38 on 48 degrees of freedom',
        'Multiple R-squared: 0.65108, adjusted R-squared: 0.64381',
        'F-statistic: 89.567 on 1 and 48 DF, p-value: 1.49e-12',
        'Condition number: 6.0493, digits of the coefficients: 15',
      ].join('\n'),
    );
  });

  it('mtcars: mpg ~ wt + hp', async () => {
    await three().createTable('mtcars', MTCARS);
    const model = await three().linearRegression('mtcars', { y: 'mpg', x: ['wt', 'hp'] });
    expect(printed(model, 5).map((row) => row.slice(0, 3))).toEqual([
      ['(Intercept)', '37.22727', '1.59879'],
      ['wt', '-3.87783', '0.63273'],
      ['hp', '-0.03177', '0.00903'],
    ]);
    expect([model.residualStandardDeviation.toFixed(3), model.r2.toFixed(4), model.adjustedR2.toFixed(4)]).toEqual([
      '2.593',
      '0.8268',
      '0.8148',
    ]);
    expect(model.f).toMatchObject({ df1: 2, df2: 29 });
    expect([model.f?.value.toFixed(2), model.f?.p.toPrecision(4)]).toEqual(['69.21', '9.109e-12']);
  });

  it('PlantGrowth: weight ~ group, one-hot, and predictions by group', async () => {
    const sf = three();
    await sf.createTable('plants', PLANT_GROWTH);
    const model = await sf.linearRegression('plants', { y: 'weight', x: ['group'] });
    expect(printed(model, 4)).toEqual([
      ['(Intercept)', '5.0320', '0.1971', '25.5265', '1.94e-20'],
      ['group=trt1', '-0.3710', '0.2788', '-1.3308', '0.194'],
      ['group=trt2', '0.4940', '0.2788', '1.7720', '0.0877'],
    ]);
    expect([model.f?.value.toFixed(3), model.f?.p.toPrecision(4)]).toEqual(['4.846', '0.01591']);
    const other = { group: ['trt2', 'new', null, 'ctrl'] };
    await sf.createTable('others', other, { schema: { group: 'utf8' } });
    const rows = await model.predict(sf.table('others'), { as: 'expected' }).collect<{ expected: number | null }>();
    expect(rows.map(({ expected }) => expected?.toFixed(3))).toEqual(['5.526', undefined, undefined, '5.032']);
    const loaded = LinearModel.fromJSON(JSON.parse(JSON.stringify(model)));
    expect(loaded.toString()).toBe(model.toString());
    expect(loaded.predict(sf.table('others')).plan).toEqual(model.predict(sf.table('others')).plan);
  });
});

describe('on random rows', () => {
  const ROWS = 9000;
  const random = numbers(7);
  const next = (): number => random.next().value as number;
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const [a, b, w] = [next() * 100, next() + 50, Math.floor((next() + 0.5) * 4)];
    const flag = i % 3 === 0;
    return { a, b, w, flag, y: 3 + 2 * a - b + (flag ? 5 : 0) + next() };
  });
  let source: Query;
  beforeAll(async () => {
    const schema = { a: 'float64', b: 'float64', w: 'int32', flag: 'bool', y: 'float64' } as const;
    await three().createTable('random', rows, { schema });
    source = three().table('random');
  });
  const fitted = (options: Omit<LinearOptions, 'y' | 'x'> = {}, from: Query = source): Promise<LinearModel> =>
    three().linearRegression(from, { y: 'y', x: ['a', 'b', 'flag'], ...options });

  /** Normal equations by ml-matrix, of columns about numbers near their means. */
  function oracle({ intercept = true, weighted = false, l2 = 0 }): number[] {
    const x = rows.map(({ a, b, flag }) => [...(intercept ? [1] : []), a, b, flag ? 1 : 0]);
    const w = rows.map((row) => (weighted ? row.w : 1));
    const left = Matrix.zeros(x[0]?.length ?? 0, x[0]?.length ?? 0);
    const right = Matrix.zeros(left.rows, 1);
    for (const [i, row] of x.entries()) {
      for (const [j, v] of row.entries()) {
        for (const [k, u] of row.entries()) left.set(j, k, left.get(j, k) + (w[i] as number) * v * u);
        right.set(j, 0, right.get(j, 0) + (w[i] as number) * v * (rows[i]?.y as number));
      }
    }
    for (let j = intercept ? 1 : 0; j < left.rows; j++) left.set(j, j, left.get(j, j) + l2);
    return solve(left, right).to1DArray();
  }

  it.each([
    ['ordinary', {}, {}],
    ['no intercept', { intercept: false }, { intercept: false }],
    ['weighted', { weights: 'w' }, { weighted: true }],
    ['ridge', { l2: 1e4 }, { l2: 1e4 }],
    [
      'ridge, weighted, no intercept',
      { l2: 10, weights: 'w', intercept: false },
      { l2: 10, weighted: true, intercept: false },
    ],
    ['normal equations', { method: 'normal' }, {}],
    ['normal equations, weighted', { method: 'normal', weights: 'w' }, { weighted: true }],
    ['normal equations, ridge', { method: 'normal', l2: 1e4 }, { l2: 1e4 }],
  ] as const)('%s: as ml-matrix has it', async (_what, options, how) => {
    const model = await fitted(options);
    for (const [j, estimate] of oracle(how).entries())
      expect(relative(estimates(model)[j] as number, estimate)).toBeLessThan(1e-7);
    const n = 'weights' in options ? rows.filter(({ w }) => w > 0).length : ROWS;
    expect([model.n, model.dropped]).toEqual([n, 0]);
    // Both ways come to the same figures.
    const other = await fitted({ ...options, method: model.solver === 'normal' ? 'qr' : 'normal' });
    const pairs = [
      ['residualStandardDeviation', 1e-9],
      ['r2', 1e-9],
      ['conditionNumber', 1e-6],
    ] as const;
    for (const [figure, bound] of pairs) expect(relative(model[figure], other[figure])).toBeLessThan(bound);
    if (model.coefficients[0]?.standardError === null) return;
    for (const [j, error] of errorsOf(model).entries())
      expect(relative(errorsOf(other)[j] as number, error)).toBeLessThan(1e-8);
  });

  it('weights that are whole numbers stand for rows', async () => {
    const weighted = await fitted({ weights: 'w' });
    const more = (n: number): Query => source.filter(col('w').gtEq(n));
    const repeated = await fitted({}, more(1).union(more(2), more(3)));
    for (const [j, estimate] of estimates(repeated).entries())
      expect(relative(estimates(weighted)[j] as number, estimate)).toBeLessThan(1e-14);
  });

  it('predicts in the shards what the coefficients say', async () => {
    const model = await fitted();
    const [c = 0, a = 0, b = 0, flag = 0] = estimates(model);
    const found = await model.predict(source).limit(5).collect<{ prediction: number }>();
    for (const [i, { prediction }] of found.entries()) {
      const row = rows[i] as (typeof rows)[number];
      expect(prediction).toBeCloseTo(c + a * row.a + b * row.b + (row.flag ? flag : 0), 9);
    }
  });

  it('does not mind columns at the ends of the range', async () => {
    const model = await fitted();
    const wide = source.withColumns({
      a: col('a').mul(2 ** 900),
      b: col('b').mul(2 ** -900),
      y: col('y').mul(2 ** -600),
    });
    const scaled = await fitted({}, wide);
    const factors = [-600, -1500, 300, -600];
    for (const [j, estimate] of estimates(model).entries()) {
      const back =
        (estimates(scaled)[j] as number) * 2 ** (-(factors[j] as number) / 2) * 2 ** (-(factors[j] as number) / 2);
      expect(j === 1 ? 0 : relative(back, estimate)).toBeLessThan(1e-15);
    }
    expect(scaled.digits).toBe(15);
    expect(scaled.r2).toBeCloseTo(model.r2, 13);
  });

  it('takes matrices, and queries whose columns the compiler knows', async () => {
    const some = rows.slice(0, 500);
    const matrix = await three()
      .matrix('abc')
      .set(some.map(({ a, b, y }) => [a, b, y]));
    const model = await three().linearRegression(matrix, { y: 'c2', x: ['c0', 'c1'] });
    const table = three().table('random', { a: 'float64', b: 'float64', y: 'float64' }).limit(500);
    const same = await three().linearRegression(table, { y: 'y', x: ['a', 'b'] });
    expect(estimates(model)).toEqual(estimates(same));
    const [row] = await same.predict(table.select('b', 'a')).limit(1).collect<{ prediction: number }>();
    expect(row?.prediction).toBeCloseTo(some[0]?.y as number, -1);
  });

  it('says so where the condition leaves few digits', async () => {
    const near = source.withColumns({ c: col('a').add(col('b').mul(2 ** -12)) });
    const model = await three().linearRegression(near, { y: 'y', x: ['a', 'c'], method: 'normal' });
    expect(model.digits).toBeLessThan(3);
    expect(model.warning).toMatch(/^the condition number .* leaves \d digits/);
    expect(model.toString()).toContain(`Warning: ${model.warning}`);
    const better = await three().linearRegression(near, { y: 'y', x: ['a', 'c'] });
    expect([better.digits >= 10, better.warning]).toEqual([true, undefined]);
  });

  it('by exact sums, where the condition forbids refinement: what rational arithmetic says, rounded once', async () => {
    const near = source.limit(200).withColumns({ c: col('a').add(col('b').mul(2 ** -34)) });
    const model = await three().linearRegression(near, { y: 'y', x: ['a', 'c'], weights: 'w' });
    expect([model.solver, model.digits, model.standardErrorDigits]).toEqual(['exact', 15, 15]);
    const used = rows.slice(0, 200).map(({ a, b, w, y }) => ({ x: [1, a, a + b * 2 ** -34], w, y }));
    expect(estimates(model)).toEqual(cramer(used));
    const ridge = await three().linearRegression(near, { y: 'y', x: ['a', 'c'], weights: 'w', l2: 2 ** -90 });
    expect([ridge.solver, ridge.coefficients[0]?.p, ridge.f]).toEqual(['exact', null, undefined]);
    expect(estimates(ridge)).toEqual(cramer(used, 2 ** -90));
    expect(() => ridge.confidenceIntervals()).toThrow('no standard errors');
    expect(ridge.toString()).toContain(', l2 = ');
  });

  it('normal equations with a penalty keep what is too little without', async () => {
    const near = source.limit(60).withColumns({ c: col('a').add(col('b').mul(2 ** -20)) });
    const model = await three().linearRegression(near, { y: 'y', x: ['a', 'c'], l2: 2 ** -7, method: 'normal' });
    const truth = cramer(
      rows.slice(0, 60).map(({ a, b, y }) => ({ x: [1, a, a + b * 2 ** -20], w: 1, y })),
      2 ** -7,
    );
    const digits = estimates(model).map((estimate, j) => -Math.log10(relative(estimate, truth[j] as number)));
    expect(Math.min(...digits)).toBeGreaterThan(model.digits);
  });

  it('normal equations promise no digits of standard errors that they do not have', async () => {
    const next = numbers(12);
    const draw = (): number => next.next().value as number;
    const data = Array.from({ length: 80 }, () => {
      const [a, b] = [draw() + 4, draw()];
      return { a, b, y: 2 * a - b + draw() / 300 };
    });
    await three().createTable('far', data);
    const by = (method: 'qr' | 'normal'): Promise<LinearModel> =>
      three().linearRegression('far', { y: 'y', x: ['a', 'b'], intercept: false, method });
    const [model, truth] = [await by('normal'), await by('qr')];
    const off = errorsOf(model).map((error, j) => relative(error, errorsOf(truth)[j] as number));
    expect(Math.max(...off)).toBeLessThan(10 ** -(model.standardErrorDigits as number));
  });
});

/** A generator that gives the same numbers on all machines. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 16807) % 2147483647;
    yield state / 2147483647 - 0.5 + 2 ** -40;
  }
}

// `shardfold fit` as a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/index.js';
import { runCli, shellWords } from '../harness/cli.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const prefix = uniquePrefix();
beforeAll(async () => {
  const sf = await connect({ url: sharedUrl(3), prefix });
  await sf.createTable('iris', 'test/models/data/iris.csv');
  await sf.createTable('mtcars', 'test/models/data/mtcars.csv');
  const y = Array.from({ length: 12 }, (_, i) => i * (i % 3));
  const times = y.map((_, i) => new Date(Date.UTC(2019 + (i % 4), i, 1)));
  await sf.createTable('odd', {
    y,
    'Net Price': y.map((_, i) => (i === 5 ? Number.NaN : i)),
    order: y.map((_, i) => (i === 7 ? Number.NaN : i * i)),
    s: y.map((_, i) => `${i}.5`),
    'Day Of': times,
  });
  await sf.close();
});

const run = (...args: readonly string[]) => runCli(['fit', ...args, '--url', sharedUrl(3), '--prefix', prefix]);

it('linear: JSON with what programs ask for, the intercept first', async () => {
  const { code, stdout, stderr } = await run('linear', 'mtcars', '--y', 'hp', '--x', 'wt', '--json');
  expect([code, stderr]).toEqual([0, '']);
  const model = JSON.parse(stdout);
  // lm(hp ~ wt, mtcars)
  expect(model.coefficients).toEqual([
    {
      name: '(Intercept)',
      estimate: expect.closeTo(-1.821, 3),
      standardError: expect.closeTo(32.325, 3),
      t: expect.closeTo(-0.056, 3),
      p: expect.closeTo(0.955, 3),
    },
    {
      name: 'wt',
      estimate: expect.closeTo(46.16, 2),
      standardError: expect.closeTo(9.625, 3),
      t: expect.closeTo(4.796, 3),
      p: expect.closeTo(4.15e-5, 7),
    },
  ]);
  expect(model).toMatchObject({
    r2: expect.closeTo(0.4339, 4),
    residualStandardDeviation: expect.closeTo(52.44, 2),
    n: 32,
  });
  expect(model.conditionNumber).toBeGreaterThan(1);
  expect(model.receipt).toMatchObject({ table: 'mtcars', passes: expect.any(Number) });
});

it('linear: options, conditions, and a model that is kept', async () => {
  const summary = await run(
    'linear',
    'iris',
    '--y',
    'petalWidth',
    '--x',
    'petalLength,species',
    '--x',
    'sepalWidth',
    '--where',
    "species <> 'setosa' -- two",
    '--save',
    'widths',
  );
  expect(summary).toMatchObject({ code: 0, stderr: 'saved as widths\n' });
  expect(summary.stdout).toMatch(
    /^petalWidth ~ petalLength \+ species \+ sepalWidth\n100 rows\n[\s\S]*species=virginica/,
  );
  const sf = await connect({ url: sharedUrl(3), prefix });
  expect(`${await sf.loadModel('widths')}\n`).toBe(summary.stdout);
  await sf.close();
  const ridge = await run(
    'linear',
    'iris',
    '--y',
    'petalWidth',
    '--x',
    'petalLength',
    '--no-intercept',
    '--l2',
    '5',
    '--weights',
    'sepalWidth',
    '--json',
  );
  const { coefficients, l2, intercept, weights } = JSON.parse(ridge.stdout);
  expect([coefficients.length, l2, intercept, weights]).toEqual([1, 5, false, 'sepalWidth']);
});

it('logistic, kmeans and pca', async () => {
  const logistic = await run('logistic', 'mtcars', '--y', 'am', '--x', 'wt');
  expect(logistic).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^am ~ wt, logistic\n[\s\S]*AIC: 23\.176/),
  });
  const kmeans = await run('kmeans', 'iris', '--x', 'petalLength,petalWidth', '--k', '3', '--seed', '2', '--json');
  const { centers, sizes, converged, receipt } = JSON.parse(kmeans.stdout);
  expect([centers.length, sizes.reduce((sum: number, size: number) => sum + size), converged]).toEqual([3, 150, true]);
  expect(receipt.passes).toBeGreaterThan(4);
  const pca = await run('pca', 'iris', '--x', 'sepalLength,sepalWidth,petalLength,petalWidth', '--scale', '--k', '2');
  expect(pca.stdout).toMatch(/Proportion of variance 0\.7296 +0\.2285/);
});

it('says what is wrong, with exit code 1', async () => {
  for (const [args, says] of [
    [['linear', 'iris', '--x', 'petalLength'], /required option '--y <column>' not specified/],
    [
      ['kmeans', 'iris', '--x', 'species', '--k', '3'],
      /^error TYPE_MISMATCH: column "species" is utf8, and kMeans needs numbers\nhint: leave it out, or store a number: shardfold export /,
    ],
    [
      ['logistic', 'mtcars', '--y', 'am', '--x', 'wt,hp', '--max-iterations', '1'],
      /^error NOT_CONVERGED: the coefficients still move by .*\(Intercept\) .*\nhint: raise --max-iterations; .*: --l2 1\n$/,
    ],
    [
      ['kmeans', 'iris', '--x', 'petalLength,petalWidth', '--k', '3', '--max-iterations', '1'],
      /^error NOT_CONVERGED: the centers still move after the most iterations, 1: .*\nhint: raise --max-iterations or --tolerance\n$/,
    ],
    [['pca', 'iris', '--x', 'petalLength', '--where', 'petalLength >'], /^error SQL_SYNTAX/],
    [
      ['linear', 'iris', '--y', 'petalWidth', '--x', 'petalLength', '--where', "species = 'setoza'"],
      /^error TOO_FEW_ROWS: the filter holds for no row of "iris"\nhint: check the values that it compares with\n$/,
    ],
    [
      // Found before the fit, which would fail.
      ['logistic', 'mtcars', '--y', 'am', '--x', 'wt,hp', '--max-iterations', '1', '--save', 'iris'],
      /^error TABLE_EXISTS: there is a table "iris", which is no model/,
    ],
  ] as const) {
    expect(await run(...args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(says) });
  }
  expect(await runCli(['fit'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/Usage: shardfold fit/),
  });
  const help = await runCli(['fit', 'logistic', '--help']);
  expect(help).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Usage: shardfold fit logistic[\s\S]*Examples:[\s\S]*Exit codes:/),
  });
});

describe('what a hint says can be pasted, and mends it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fit-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const hintOf = async (args: readonly string[]): Promise<string> => {
    const { code, stderr } = await run(...args);
    expect([args, code]).toEqual([args, 1]);
    return /^hint: (.*)$/m.exec(stderr)?.[1] ?? '';
  };

  it.each([
    [['linear', 'odd', '--y', 'y', '--x', 'Net Price'], `--where 'abs("Net Price") < 1e150'`],
    [['kmeans', 'odd', '--k', '2', '--x', 'y,order'], `--where 'abs("order") < 1e150'`],
  ])('%j: %s', async (args, where) => {
    const hint = await hintOf(args);
    expect(hint).toContain(where);
    expect(await run(...args, ...shellWords(where))).toMatchObject({ code: 0 });
  });

  it.each([
    [['linear', 'odd', '--y', 's', '--x', 'y'], 'CAST(s AS double precision) AS s'],
    [['logistic', 'odd', '--y', 'Day Of', '--x', 'y'], `"Day Of" >= '\\''2024-01-01'\\'' AS "Day Of"`],
    [['kmeans', 'odd', '--k', '2', '--x', 'Day Of'], 'EXTRACT(year FROM "Day Of") AS "Day Of"'],
  ])('%j: %s', async (args, select) => {
    const hint = await hintOf(args);
    expect(hint).toContain(select);
    const [, exporting = '', importing = ''] = /shardfold (export .*), then shardfold (import .*)$/.exec(hint) ?? [];
    const there = ['--url', sharedUrl(3), '--prefix', prefix];
    // The other columns and the tables nobody but the user knows.
    const exported = await runCli([...shellWords(exporting.replace('…', 'y FROM odd')), ...there], { cwd: folder });
    expect(exported).toMatchObject({ code: 0 });
    if (args[0] !== 'kmeans') return;
    const imported = await runCli([...shellWords(importing.replace('NAME', 'even')), ...there], { cwd: folder });
    expect(imported).toMatchObject({ code: 0 });
    expect(await run(...args.with(1, 'even'))).toMatchObject({ code: 0 });
  });
});

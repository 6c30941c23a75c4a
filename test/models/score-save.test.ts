// Scores against the examples in scikit-learn's documentation and by all pairs; models that are saved and loaded again.
import { jest } from '@jest/globals';
import {
  connect,
  KMeansModel,
  LinearModel,
  LogisticModel,
  type Model,
  PcaModel,
  type Query,
  type Shardfold,
  score,
} from '../../src/index.js';
import { trainTestSplit } from '../../src/models/split.js';
import { Query as Queries } from '../../src/query/query.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('iris', 'test/models/data/iris.csv');
});
afterAll(() => sf.close());

let tables = 0;
async function pairs(actual: readonly unknown[], predicted: readonly unknown[]): Promise<Query> {
  tables += 1;
  const rows = actual.map((value, i) => ({ y: value, p: predicted[i] }));
  await sf.createTable(`pairs${tables}`, rows, { chunkRows: 64 });
  return sf.table(`pairs${tables}`);
}
const NAMES = { actual: 'y', predicted: 'p' };

it('numbers', async () => {
  const found = await score.regression(await pairs([3, -0.5, 2, 7, null], [2.5, 0, 2, 8, 1]), NAMES);
  expect(found).toMatchObject({ mae: 0.5, n: 4, dropped: 1 });
  expect(found.rmse).toBeCloseTo(Math.sqrt(0.375), 15);
  expect(found.r2).toBeCloseTo(0.9486081370449679, 15);
  expect(found.receipt.chunks.computed).toBe(1);
});

it('probabilities: the examples, and all pairs', async () => {
  const known = await score.binary(await pairs([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), NAMES);
  expect(known.auc).toBe(0.75);
  const spam = await score.binary(await pairs([true, false, false, true, null], [0.9, 0.1, 0.2, 0.65, 0.5]), NAMES);
  expect(spam.logLoss).toBeCloseTo(0.21616187468057912, 14);
  expect(spam).toMatchObject({ auc: 1, n: 4, dropped: 1, accuracy: 1, precision: 1, recall: 1, f1: 1 });

  const y = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 11 < 4 ? 1 : 0));
  const p = y.map((value, i) => (i % 50 === 7 ? null : Math.round(((i * 104729) % 997) / 20 + value * 15) / 70));
  const found = await score.binary(await pairs(y, p), { ...NAMES, threshold: 0.4 });
  const kept = y.flatMap((value, i) => (p[i] === null ? [] : [[value, p[i] as number] as const]));
  let [better, all] = [0, 0];
  for (const [, a] of kept.filter(([value]) => value === 1)) {
    for (const [, b] of kept.filter(([value]) => value === 0))
      [better, all] = [better + (a > b ? 1 : a === b ? 0.5 : 0), all + 1];
  }
  expect([found.n, found.dropped]).toEqual([294, 6]);
  expect(found.auc).toBeCloseTo(better / all, 15);
  const tp = kept.filter(([value, q]) => value === 1 && q >= 0.4).length;
  const fp = kept.filter(([value, q]) => value === 0 && q >= 0.4).length;
  const ones = kept.filter(([value]) => value === 1).length;
  const confusion = {
    truePositives: tp,
    falsePositives: fp,
    trueNegatives: 294 - ones - fp,
    falseNegatives: ones - tp,
  };
  expect(found).toMatchObject({
    confusion,
    precision: tp / (tp + fp),
    recall: tp / ones,
    accuracy: (294 - ones - fp + tp) / 294,
  });
  expect(found.f1).toBeCloseTo((2 * tp) / (tp + fp + ones), 15);
});

it('probabilities: one class, and numbers that are none', async () => {
  const one = await score.binary(await pairs([1, 1], [0.2, 1]), NAMES);
  expect([one.auc, one.recall, one.logLoss]).toEqual([Number.NaN, 0.5, expect.closeTo(-Math.log(0.2) / 2, 12)]);
  const margins = await score.binary(await pairs([0, 1, 1], [-3, 0.5, 8]), NAMES);
  expect([margins.auc, margins.logLoss]).toEqual([1, Number.NaN]);
});

it('classes', async () => {
  const actual = ['cat', 'ant', 'cat', 'cat', 'ant', 'bird', null];
  const found = await score.classes(await pairs(actual, ['ant', 'ant', 'cat', 'cat', 'ant', 'cat', 'cat']), NAMES);
  expect(found).toMatchObject({
    labels: ['ant', 'bird', 'cat'],
    matrix: [
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ],
    n: 6,
    dropped: 1,
  });
  expect(found.accuracy).toBeCloseTo(4 / 6, 15);
  expect(found.classes.map(({ label, n, precision, recall, f1 }) => [label, n, precision, recall, f1])).toEqual([
    ['ant', 2, 2 / 3, 1, 0.8],
    ['bird', 1, Number.NaN, 0, 0],
    ['cat', 3, 2 / 3, 2 / 3, 2 / 3],
  ]);
  const numbers = await score.classes(await pairs([10, 9, 2], [10, 2, 9]), NAMES);
  expect(numbers.labels).toEqual([2, 9, 10]);
});

it('refuses what cannot be scored', async () => {
  const texts = await pairs(['a', 'b'], [1, 2]);
  const refused = (work: Promise<unknown>, code: string, message: RegExp) =>
    expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await refused(score.classes(texts, NAMES), 'TYPE_MISMATCH', /one column holds strings and the other numbers/);
  await refused(score.binary(await pairs([0, 2], [0.1, 0.2]), NAMES), 'INVALID_VALUE', /"y" is neither 0 nor 1/);
  await refused(score.binary(await pairs([0, 1], [0.1, Number.NaN]), NAMES), 'OUT_OF_RANGE', /a prediction is NaN/);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
    await refused(score.regression(await pairs([0, 1], [0.1, bad]), NAMES), 'OUT_OF_RANGE', /^p: there are NaN/);
  await refused(
    score.regression(texts.limit(0), { actual: 'p', predicted: 'p' }),
    'INVALID_ARGUMENT',
    /there are no rows of "\w+"$/,
  );
  const needs = /^column "y" is utf8, and score.(regression|binary) needs numbers$/;
  await refused(score.regression(texts, NAMES), 'TYPE_MISMATCH', needs);
  await refused(score.regression(texts, { actual: 'p', predicted: 'y' }), 'TYPE_MISMATCH', needs);
  await refused(score.binary(texts, NAMES), 'TYPE_MISMATCH', needs);
  const chances = await pairs([0, 1, 1, null], [0, 0.5, 1, 7]);
  for (const threshold of [50, -0.1])
    await refused(
      score.binary(chances, { ...NAMES, threshold }),
      'INVALID_ARGUMENT',
      /^threshold is .* all predictions/,
    );
  const scores = await score.binary(await pairs([0, 1, 1], [-3, 0.5, 4]), { ...NAMES, threshold: 2 });
  expect(scores).toMatchObject({ logLoss: Number.NaN, auc: 1, recall: 0.5 });
  await refused(score.regression(texts, { actual: 'p', predicted: 'q' }), 'UNKNOWN_COLUMN', /no column "q"/);
  await expect(score.binary('t' as never, NAMES)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: '"t" is no query',
    hint: expect.stringMatching(/^sf\.table\("t"\): only a connection finds a table by its name/),
  });
  await expect(score.binary(3 as never, NAMES)).rejects.toMatchObject({
    hint: 'a query with the predictions: model.predict(test)',
  });
  await refused(
    score.binary(texts, { ...NAMES, treshold: 1 } as never),
    'INVALID_ARGUMENT',
    /no option treshold; did you mean threshold/,
  );
});

it('saves models of all kinds, and loads what was saved', async () => {
  const x = ['sepalLength', 'sepalWidth', 'petalLength'];
  const flowers = sf.sql("SELECT *, petalWidth > 1.5 AS wide, species || '!' AS kind FROM iris");
  const models: [Model, new (...args: never[]) => Model][] = [
    [await sf.linearRegression(flowers, { y: 'petalWidth', x: [...x, 'kind'] }), LinearModel],
    [await sf.logisticRegression(flowers, { y: 'wide', x: ['petalLength'] }), LogisticModel],
    [await sf.kMeans('iris', { x, k: 3 }), KMeansModel],
    [await sf.pca('iris', { x, scale: true, k: 2 }), PcaModel],
  ];
  for (const [model, kind] of models) {
    await sf.saveModel('kept', model);
    const loaded = await sf.loadModel('kept');
    expect(loaded).toBeInstanceOf(kind);
    expect(loaded.toJSON()).toEqual(model.toJSON());
    expect(String(loaded)).toBe(String(model));
  }
  const collect = jest.spyOn(Queries.prototype, 'collect');
  const { signal } = new AbortController();
  await sf.loadModel('kept', { timeout: 5000, signal });
  expect(collect).toHaveBeenCalledWith({ timeout: 5000, signal });
  collect.mockRestore();
  const wide = await sf.loadModel<LogisticModel>('kept').then(() => models[1]?.[0] as LogisticModel);
  await sf.saveModel('wide', wide);
  const again = (await sf.loadModel<LogisticModel>('wide')).predict(flowers);
  const scored = await score.binary(again, { actual: 'wide', predicted: 'prediction' });
  expect(scored).toMatchObject({ n: 150, dropped: 0 });
  expect(scored.logLoss * 300).toBeCloseTo(wide.deviance, 8);
});

it('keeps models and tables apart', async () => {
  const model = await sf.pca('iris', { x: ['petalLength'] });
  await expect(sf.saveModel('iris', model)).rejects.toMatchObject({
    code: 'TABLE_EXISTS',
    message: 'there is a table "iris", which is no model',
  });
  await expect(sf.saveModel('m', {} as never)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'an object is no model',
  });
  await expect(sf.loadModel('iris')).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/^table "iris" is no model: its columns are sepalLength,/),
  });
  await expect(sf.loadModel('none')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  const later = { format: 'shardfold-model', version: 2, kind: 'pca', model: {} };
  for (const [text, message] of [
    [JSON.stringify(later), /is of version 2/],
    ['{', /is no JSON/],
    [JSON.stringify({ ...later, version: 1, kind: 'tree' }), /is of kind tree/],
  ] as const) {
    await sf.createTable(
      'odd',
      { 'shardfold-model': [text] },
      { mode: 'replace', schema: { 'shardfold-model': 'utf8' } },
    );
    await expect(sf.loadModel('odd')).rejects.toMatchObject({
      code: 'CORRUPT_MANIFEST',
      message: expect.stringMatching(message),
    });
  }
});

it('a name is no query to split', () => {
  expect(() => trainTestSplit('beyond' as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

it('a slip in the options of a prediction is told', async () => {
  await sf.createTable('few', { x: [1, 2, 3, 5], y: [2, 4, 6, 11] });
  const model = await sf.linearRegression('few', { y: 'y', x: ['x'] });
  expect(() => model.predict(sf.table('few'), { ass: 'e' } as never)).toThrow(
    'there is no option ass; did you mean as?',
  );
  expect(() => model.predict(sf.table('few'), 'e' as never)).toThrow('the options are "e"');
  expect(() => model.predict('few' as never)).toThrow(
    expect.objectContaining({ message: '"few" is no query', hint: expect.stringMatching(/^sf\.table\("few"\): /) }),
  );
});

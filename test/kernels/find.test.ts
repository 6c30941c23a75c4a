import { find } from '../../src/kernels/find.js';
import { ENCODINGS, onCluster, valuesOf } from './oracle.js';

onCluster((bench) => {
  it.each(ENCODINGS)('finds the first of %s, wherever it stands', async (encoding) => {
    const values = valuesOf(encoding, 200);
    for (const row of [0, 63, 64, 127, 128, 199]) {
      const value = values[row] as number;
      const { partial } = await bench().run(find, [values], { params: { value } });
      expect(partial).toBe(values.indexOf(value));
    }
    expect((await bench().run(find, [values], { params: { value: 0.123 } })).partial).toBe(-1);
  });

  it('finds NaN, and either zero by the other; counts from the start of the chunk', async () => {
    const values = valuesOf('f64', 300).with(100, Number.NaN).with(200, Number.NaN).with(250, -0);
    const at = async (value: number, firstRow: number) =>
      (await bench().run(find, [values], { params: { value }, slice: { firstRow, rows: 300 - firstRow } })).partial;
    expect(await at(Number.NaN, 64)).toBe(100);
    expect(await at(Number.NaN, 101)).toBe(200);
    expect(await at(0, 1)).toBe(250);
  });
});

it('takes the lower row of two', () => {
  expect([find.merge(-1, 7), find.merge(3, 7), find.merge(3, -1), find.finish(undefined)]).toEqual([7, 3, 3, -1]);
});

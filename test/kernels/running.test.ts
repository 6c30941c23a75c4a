import { mergeCompensated } from '../../src/kernels/compensated.js';
import { running } from '../../src/kernels/running.js';
import { ENCODINGS, onCluster, valuesOf } from './oracle.js';

onCluster((bench) => {
  it.each(ENCODINGS)('adds %s row by row, from where it was left', async (encoding) => {
    const values = valuesOf(encoding, 200);
    let expected = { sum: 0, compensation: 0 };
    let found = expected;
    for (const [firstRow, rows] of [
      [0, 63],
      [63, 65],
      [128, 72],
    ] as const) {
      for (const value of values.subarray(firstRow, firstRow + rows))
        expected = mergeCompensated(expected, { sum: value, compensation: 0 });
      found = (await bench().run(running, [values], { params: found, slice: { firstRow, rows } })).partial;
      expect(found).toEqual(expected);
    }
    expect(running.finish(found)).toBe(found);
  });
});

it('starts with nothing', () => {
  expect(running.finish(undefined)).toEqual({ sum: 0, compensation: 0 });
});

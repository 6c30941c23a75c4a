import { diagonal } from '../../src/kernels/diagonal.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

onServers((bench) => {
  it.each(ENCODINGS)('is picked out of %s', async (encoding) => {
    const values = valuesOf(encoding, 60);
    const slice = { firstRow: 1, rows: 4 };
    const { partial } = await bench().run(diagonal, [values], { params: { cols: 10, first: 3, width: 1 }, slice });
    expect(partial).toEqual(Float64Array.from([13, 24, 35, 46], (i) => values[i] as number));
  });
});

it('joins runs', () => {
  expect(diagonal.merge(Float64Array.of(1), Float64Array.of(2, 3))).toEqual(Float64Array.of(1, 2, 3));
  expect(diagonal.finish(undefined)).toEqual(new Float64Array(0));
});

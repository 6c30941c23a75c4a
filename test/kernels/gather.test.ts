import { gather } from '../../src/kernels/gather.js';
import { ENCODINGS, onCluster, valuesOf } from './oracle.js';

onCluster((bench) => {
  it.each(ENCODINGS)('picks from %s, in any order and more than once', async (encoding) => {
    const values = valuesOf(encoding, 500);
    const rows = Array.from({ length: 131 }, (_, i) => 100 + ((i * 37) % 300));
    const { partial } = await bench().run(gather, [values], { params: { rows }, slice: { firstRow: 100, rows: 300 } });
    expect(partial).toEqual(Float64Array.from(rows, (row) => values[row] as number));
  });
});

it('puts partials in their order', () => {
  expect(gather.merge(Float64Array.of(1, 2), Float64Array.of(3))).toEqual(Float64Array.of(1, 2, 3));
  expect(gather.finish(undefined)).toEqual(new Float64Array(0));
});

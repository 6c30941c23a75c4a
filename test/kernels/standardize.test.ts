import { standardize } from '../../src/kernels/standardize.js';
import { ENCODINGS, onServers, valuesOf } from './oracle.js';

onServers((bench) => {
  it.each(ENCODINGS)('subtracts and divides %s by column, wherever a run begins', async (encoding) => {
    const values = valuesOf(encoding, 700);
    const means = Float64Array.from({ length: 7 }, (_, j) => j + 0.5);
    const deviations = means.map((mean) => 1 / mean);
    const expected = values.map((x, i) => (x - (means[i % 7] as number)) / (deviations[i % 7] as number));
    const target = bench().key();
    const params = { means, deviations, narrow: false };
    for (const slice of [
      { firstRow: 0, rows: 3 },
      { firstRow: 3, rows: 100 },
      { firstRow: 103, rows: 597 },
    ]) {
      await bench().run(standardize, [values], { params, target, slice });
    }
    expect(await bench().command('GET', target)).toEqual(Buffer.from(expected.buffer));
  });
});

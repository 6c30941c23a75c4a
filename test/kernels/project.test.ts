import type { CallContext } from '../../src/cluster/types.js';
import { callFunction } from '../../src/functions/call.js';
import type { NumberEncoding } from '../../src/kernels/kernel.js';
import { packStrips } from '../../src/kernels/matmul.js';
import { type ProjectParams, project } from '../../src/kernels/project.js';
import { encodeColumn } from '../../src/storage/encode.js';
import { type Bench, ENCODINGS, onServers, valuesOf } from './oracle.js';

interface Rows {
  readonly values: Float64Array;
  readonly cols: number;
}

const packed = (data: Float64Array, width: number): Buffer =>
  packStrips(data, width, { from: 0, count: data.length / width }, { from: 0, width });

/** Plainly summed in the order of the columns. */
function times(rows: Float64Array, right: Float64Array, width: number): Float64Array {
  const inner = right.length / width;
  return Float64Array.from({ length: (rows.length / inner) * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += (rows[i * inner + k] as number) * (right[k * width + j] as number);
    return sum;
  });
}

/** Writes the rows' products part by part, each part twice. @returns the merged partial and what was written */
async function run(
  bench: Bench,
  { values, cols }: Rows,
  params: Omit<ProjectParams, 'cols' | 'rowsBefore'>,
  parts: readonly number[],
) {
  const { meta, data } = encodeColumn('float64', { kind: 'number', values });
  const [key, target] = [bench.key(), bench.key()];
  await bench.command('SET', key, data);
  const operand = { ...meta, encoding: meta.encoding as NumberEncoding, bytes: data.length };
  const context: CallContext = bench.context();
  let [firstRow, whole] = [0, undefined as ReturnType<typeof project.decode> | undefined];
  for (const rows of parts) {
    const args = project.encode({ firstRow, rows }, [operand], { ...params, cols, rowsBefore: 1000 });
    const call = { name: 'project', key, keys: [key, target], args, readOnly: false, idempotent: true };
    await callFunction(bench.link, call, context);
    const [partial, , counted] = (await callFunction(bench.link, call, context)) as [Buffer, number, number];
    expect(counted).toBe(rows);
    whole = whole ? project.merge(whole, project.decode(partial)) : project.decode(partial);
    firstRow += rows;
  }
  return { partial: whole, bytes: (await bench.command('GET', target)) as Buffer };
}

onServers((bench) => {
  it.each(ENCODINGS)('multiplies rows of %s and writes them, to the bit', async (encoding) => {
    const rows = { values: valuesOf(encoding, 130 * 19), cols: 19 };
    const shift = valuesOf('f32', 19);
    const [first, second] = [valuesOf('f32', 19 * 17), valuesOf('f32', 17 * 5).map((value) => value * 1e-30)];
    const shifted = rows.values.map((value, i) => value - (shift[i % 19] as number));
    const expected = times(times(shifted, first, 17), second, 5);
    const factors = [packed(first, 17), packed(second, 5)];
    const { partial, bytes } = await run(bench(), rows, { shift, factors, narrow: false }, [1, 8, 121]);
    expect(bytes).toEqual(Buffer.from(expected.buffer));
    expect(project.finish(partial)).toEqual({ min: Math.min(...expected), max: Math.max(...expected) });
    expect(partial?.beyond).toBeUndefined();

    const small = second.map((value) => value * 1e-40);
    const tiny = times(times(shifted, first, 17), small, 5);
    const narrowed = { shift, factors: [packed(first, 17), packed(small, 5)], narrow: true };
    const narrow = await run(bench(), rows, narrowed, [128, 2]);
    expect(narrow.bytes).toEqual(Buffer.from(Float32Array.from(tiny).buffer));
  });

  it('tells what is beyond float32, and of NaN and infinities', async () => {
    const values = Float64Array.of(1, 2, Number.POSITIVE_INFINITY, 0, Number.NaN, 1, 3.5e38, 0, 0, -1e300);
    const params = { factors: [packed(Float64Array.of(1, 0, 0, -1), 2)], narrow: true };
    const { partial, bytes } = await run(bench(), { values, cols: 2 }, params, [2, 2, 1]);
    expect(partial).toMatchObject({ min: -2, nan: true, beyond: { row: 1003, column: 0, value: 3.5e38 } });
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const found = new Float32Array(new Uint8Array(bytes).buffer);
    expect(found).toEqual(Float32Array.of(1, -2, infinity, nan, nan, nan, infinity, 0, 0, infinity));
    const least = Float64Array.of(3.4028235677973362e38, -3.4028235677973366e38);
    const one = { factors: [packed(Float64Array.of(1), 1)], narrow: true };
    const { beyond } = (await run(bench(), { values: least, cols: 1 }, one, [2])).partial as { beyond?: unknown };
    expect(beyond).toEqual({ row: 1001, column: 0, value: -3.4028235677973366e38 });
    expect([...least].map(Math.fround).map(Number.isFinite)).toEqual([true, false]);
  });

  it('gives up where a part before is gone', async () => {
    const rows = { values: valuesOf('f64', 20), cols: 2 };
    const { meta, data } = encodeColumn('float64', { kind: 'number', values: rows.values });
    const [key, target] = [bench().key(), bench().key()];
    await bench().command('SET', key, data);
    const operand = { ...meta, encoding: meta.encoding as NumberEncoding, bytes: data.length };
    const params = { cols: 2, factors: [packed(Float64Array.of(1, 1), 1)], narrow: false, rowsBefore: 0 };
    const args = project.encode({ firstRow: 5, rows: 5 }, [operand], params);
    const call = { name: 'project', key, keys: [key, target], args, readOnly: false, idempotent: true };
    await expect(callFunction(bench().link, call, bench().context())).rejects.toMatchObject({ code: 'CLUSTER_DOWN' });
  });
});

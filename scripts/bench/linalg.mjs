// Matrices in the shards. First the kernels: nanoseconds of the servers' processor time a multiply-add, all that the servers do included
// (fetching, decoding, replying, writing the product), as a ratio to a bare Lua loop of multiply-adds on locals in the same interleaved
// runs. Then the whole calls against pulling the matrices and multiplying them by ml-matrix in this process, and the bytes that move.
import { Matrix as DenseMatrix, QrDecomposition } from 'ml-matrix';
import { createClient } from 'redis';
import { randomSource } from './data/random.mjs';
import { interleave, processorTime, row } from './lib.mjs';

export const name = 'linalg';
export const title =
  'Matrices: multiply-adds in a shard against a bare Lua loop (medians of 15 runs), and against pulling (of 7)';

const [RUNS, WHOLE_RUNS] = [15, 7];
const BARE_STEPS = 5_000_000;
const BARE = `local S, a, b = 0, 0.1, 0.2 for i = 1, ${BARE_STEPS} do S = S + a * b end`;

/** Rows and columns by name. */
const SHAPES = {
  narrow: [60_000, 16],
  wide: [24_000, 32],
  ragged: [16_000, 50],
  left: [768, 256],
  right: [256, 256],
  tall: [24_000, 64],
  small: [64, 16],
};

const products = ([m, k], [, n]) => m * k * n;
const upper = ([rows, cols]) => (rows * cols * (cols + 1)) / 2;

/** Rows of ml-matrix, as its own operations want them. */
const dense = ({ data, shape: [rows, cols] }) =>
  new DenseMatrix(Array.from({ length: rows }, (_, i) => data.slice(i * cols, (i + 1) * cols)));

export async function run(env) {
  const sf = await env.client();
  const random = randomSource(6);
  const matrices = {};
  for (const [key, [rows, cols]] of Object.entries(SHAPES)) {
    const data = Float64Array.from({ length: rows * cols }, () => random.real() - 0.5);
    matrices[key] = await sf.matrix(`linalg ${key}`).set(data, [rows, cols]);
  }
  const { narrow, wide, ragged, left, right, tall, small } = matrices;
  const [{ port }] = (await env.cluster()).nodes;
  const redis = createClient({ socket: { port } });
  await redis.connect();
  const meter = await processorTime(env);
  const vector = Float64Array.from({ length: 64 }, () => random.real());
  const write = { graceMs: 0 };
  const into = 'linalg product';

  const perProduct = (count, work) => async () => {
    const before = await meter.read();
    await work();
    return ((await meter.read()) - before) / count;
  };
  const kernels = [
    ['Gram matrix, 16 columns', upper(SHAPES.narrow), 1.6, () => narrow.gram()],
    ['Gram matrix, 32 columns', upper(SHAPES.wide), 1.6, () => wide.gram()],
    ['Gram matrix, 50 columns', upper(SHAPES.ragged), undefined, () => ragged.gram()],
    ['product, 768 × 256 × 256', products(SHAPES.left, SHAPES.right), 2.2, () => left.matmul(right, into, write)],
    ['product, 24,000 × 64 × 16', products(SHAPES.tall, SHAPES.small), 2.2, () => tall.matmul(small, into, write)],
    ['matrix by vector, 64 columns', products(SHAPES.tall, [64, 1]), undefined, () => tall.matvec(vector)],
    ['R factor, 16 columns', products(SHAPES.narrow, [16, 16]), undefined, () => narrow.qr()],
    ['R factor, 32 columns', products(SHAPES.wide, [32, 32]), undefined, () => wide.qr()],
  ];
  const pulled = async (...list) => (await Promise.all(list.map((matrix) => matrix.get()))).map(dense);
  const square = (x) => x.transpose().mmul(x);
  const product = async (a, b) => {
    const [x, y] = await pulled(a, b);
    const made = x.mmul(y);
    await sf.matrix(into).set(made.to1DArray(), [made.rows, made.columns], write);
  };
  const whole = [
    ['Gram matrix, 60,000 × 16', (o) => narrow.gram(o), async () => square((await pulled(narrow))[0]), [narrow]],
    ['Gram matrix, 24,000 × 32', (o) => wide.gram(o), async () => square((await pulled(wide))[0]), [wide]],
    [
      'product, 768 × 256 × 256',
      (o) => left.matmul(right, into, { ...write, ...o }),
      () => product(left, right),
      [left, right],
    ],
    ['R factor, 24,000 × 32', (o) => wide.qr(o), async () => new QrDecomposition((await pulled(wide))[0]), [wide]],
    [
      'product, 24,000 × 64 × 16',
      (o) => tall.matmul(small, into, { ...write, ...o }),
      () => product(tall, small),
      [tall, small],
    ],
  ];
  try {
    const bare = perProduct(BARE_STEPS, () => redis.eval(BARE));
    const [unit, ...ns] = await interleave(
      [bare, ...kernels.map(([, count, , work]) => perProduct(count, work))],
      RUNS,
    );
    const rows = [row('a multiply-add, a bare loop', unit, 'ns')];
    for (const [i, [what, , atMost]] of kernels.entries()) {
      rows.push(row(`${what}, a multiply-add`, ns[i], 'ns'));
      rows.push(row(`${what} against the bare loop`, ns[i] / unit, '×', atMost === undefined ? {} : { atMost }));
    }
    for (const [what, pushed, pull, operands] of whole) {
      let receipt;
      const onReceipt = (each) => {
        receipt = each;
      };
      const [here, there] = await interleave([() => timed(() => pushed({ onReceipt })), () => timed(pull)], WHOLE_RUNS);
      const sizes = await Promise.all(operands.map((matrix) => matrix.shape()));
      const stored = sizes.reduce((sum, [m, n]) => sum + 8 * m * n, 0);
      rows.push(row(`${what}, in the shards`, here, 'ms'));
      rows.push(row(`${what}, pulled, then ml-matrix`, there, 'ms'));
      rows.push(row(`${what}, bytes moved`, (receipt.bytesSent + receipt.bytesReceived) / 1e6, 'MB'));
      rows.push(row(`${what}, bytes of the operands`, stored / 1e6, 'MB'));
      const calls = Object.values(receipt.shards).reduce((sum, share) => sum + share.calls, 0);
      rows.push(row(`${what}, a call`, receipt.serverMs / calls, 'ms'));
    }
    return rows;
  } finally {
    meter.close();
    await redis.close();
    for (const key of [...Object.keys(SHAPES), 'product']) await sf.drop(`linalg ${key}`);
  }
}

async function timed(work) {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

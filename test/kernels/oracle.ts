/** What the kernels must compute, written as plainly as can be; and a way to run one on keys of a server. */

import { connectCluster } from '../../src/cluster/connect.js';
import type { CallContext, ClusterLink } from '../../src/cluster/types.js';
import { callFunction } from '../../src/functions/call.js';
import type { Compensated } from '../../src/kernels/compensated.js';
import type { Kernel, NumberEncoding, Operand } from '../../src/kernels/kernel.js';
import { encodeColumn } from '../../src/storage/encode.js';
import { newId } from '../../src/storage/keys.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';

const twoSum = (a: Compensated, sum: number, compensation: number): Compensated => {
  const t = a.sum + sum;
  const z = t - a.sum;
  return { sum: t, compensation: a.compensation + compensation + (a.sum - (t - z) + (sum - z)) };
};

function pairwise(terms: readonly number[]): number {
  const [first = 0, second] = terms;
  if (second === undefined) return first;
  return pairwise(terms.flatMap((term, i) => (i % 2 === 0 ? [term + (terms[i + 1] as number)] : [])));
}

function unitSum(terms: Float64Array): Compensated {
  let total: Compensated = { sum: 0, compensation: 0 };
  for (let from = 0; from < terms.length; from += 64) {
    const block = Array.from({ length: 64 }, (_, i) => terms[from + i] ?? 0);
    total = twoSum(total, pairwise(block), 0);
  }
  return total;
}

/** Units of 8,128 terms, merged two by two, level by level. */
export function treeSum(terms: Float64Array): Compensated {
  let level: Compensated[] = [];
  for (let from = 0; from < terms.length; from += 8128) level.push(unitSum(terms.subarray(from, from + 8128)));
  while (level.length > 1) {
    level = level.flatMap((left, i) => {
      const right = level[i + 1];
      if (i % 2 === 1) return [];
      return [right ? twoSum(left, right.sum, right.compensation) : left];
    });
  }
  return level[0] as Compensated;
}

/** Values that are packed in a given way. */
export function valuesOf(encoding: NumberEncoding, count: number): Float64Array {
  const value = {
    f64: (i: number) => Math.sin(i) * 10 ** (i % 19),
    f32: (i: number) => Math.fround(Math.cos(i) * 2 ** (i % 90)),
    u8: (i: number) => ((i * 7) % 250) - 3,
    u16: (i: number) => 1e6 + 25 * ((i * 7919) % 50_021),
  }[encoding];
  return Float64Array.from({ length: count }, (_, i) => value(i));
}

export const ENCODINGS = ['f64', 'f32', 'u8', 'u16'] as const;
export const LENGTHS = [2, 64, 65, 8128, 8129, 20_000, 65_024];

export interface Run<Params> {
  readonly params: Params;
  /** Rows of the slice; by default all. */
  readonly slice?: { readonly firstRow: number; readonly rows: number };
  /** Whether the second operand is sent along. */
  readonly sent?: boolean;
  readonly target?: string;
}

/** Runs kernels over columns that it writes into one slot. */
export class Bench {
  readonly link: ClusterLink;
  readonly #tag = newId();

  constructor(link: ClusterLink) {
    this.link = link;
  }

  context(): CallContext {
    return this.link.context({ timeoutMs: 20_000 });
  }

  key(): string {
    return `${this.link.prefix}:{${this.#tag}}:${newId()}`;
  }

  command(...command: (string | Buffer)[]) {
    return this.link.call({ key: command[1] as string, command, readOnly: false, idempotent: true }, this.context());
  }

  async run<Params, Partial, Result>(
    kernel: Kernel<Params, Partial, Result>,
    columns: readonly Float64Array[],
    { params, slice, sent = false, target }: Run<Params>,
  ): Promise<{ partial: Partial; encodings: string[]; microseconds: number }> {
    const rows = slice ?? { firstRow: 0, rows: columns[0]?.length ?? 0 };
    const keys: string[] = [];
    const operands: Operand[] = [];
    for (const [i, values] of columns.entries()) {
      const { meta, data } = encodeColumn('float64', { kind: 'number', values });
      const { base, step } = meta;
      const layout = { encoding: meta.encoding as NumberEncoding, base, step };
      if (sent && i === 1) {
        const width = data.length / values.length;
        const part = data.subarray(rows.firstRow * width, (rows.firstRow + rows.rows) * width);
        operands.push({ ...layout, bytes: 0, sent: part });
        continue;
      }
      const key = this.key();
      await this.command('SET', key, data);
      keys.push(key);
      operands.push({ ...layout, bytes: data.length });
    }
    const call = {
      name: kernel.name,
      key: keys[0] as string,
      keys: target === undefined ? keys : [...keys, target],
      args: kernel.encode(rows, operands, params),
      readOnly: target === undefined,
      idempotent: true,
    };
    const [partial, microseconds] = (await callFunction(this.link, call, this.context())) as [Buffer, number];
    return { partial: kernel.decode(partial), encodings: operands.map(({ encoding }) => encoding), microseconds };
  }
}

/** The same tests over one server and over a cluster. */
export function onServers(tests: (bench: () => Bench) => void): void {
  const single = testCluster({ shards: 1, clusterMode: false });
  onServer('one server', () => single.url, tests);
  onCluster(tests);
}

/** Tests of a kernel that asks the server for nothing that others do not ask for: a cluster is enough. */
export function onCluster(tests: (bench: () => Bench) => void): void {
  onServer('a cluster', () => sharedUrl(3), tests);
}

function onServer(name: string, url: () => string, tests: (bench: () => Bench) => void): void {
  describe(`on ${name}`, () => {
    let link: ClusterLink | undefined;
    beforeAll(async () => {
      link = await connectCluster({ url: url(), prefix: uniquePrefix() });
    });
    afterAll(() => link?.close());
    let bench: Bench | undefined;
    tests(() => {
      bench ??= new Bench(link as ClusterLink);
      return bench;
    });
  });
}

// A process that writes a table and tells of each chunk; the test kills it on the way.
// Arguments: URL, prefix, table, mode.
import { connectCluster } from '../../src/cluster/connect.js';
import type { Batch } from '../../src/storage/types.js';
import { writeTable } from '../../src/storage/write.js';

const [url, prefix, table, mode] = process.argv.slice(2) as [string, string, string, 'create' | 'append' | 'replace'];

async function* endless(): AsyncGenerator<Batch> {
  for (let n = 0; ; n++) {
    yield { rows: 10, columns: [{ kind: 'number', values: Float64Array.from({ length: 10 }, (_, i) => 10 * n + i) }] };
    if (n > 0) process.stdout.write(`${n}\n`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const link = await connectCluster({ url, prefix });
const fields = [{ name: 'n', type: 'int64' as const }];
await writeTable(link, table, endless(), { fields, mode, chunkRows: 10, leaseMs: 500 }, link.context());

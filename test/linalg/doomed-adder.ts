// A process that adds the vector "ones" to the vector "counter" again and again; the test kills it on the way.
// Arguments: URL, prefix.
import { connectCluster } from '../../src/cluster/connect.js';
import { Vector } from '../../src/linalg/vector.js';

const [url, prefix] = process.argv.slice(2) as [string, string];
const link = await connectCluster({ url, prefix });
const counter = new Vector(link, 'counter');
for (let n = 1; ; n++) {
  await counter.axpy(1, 'ones', counter, { graceMs: 0 });
  process.stdout.write(`${n}\n`);
}

// Reads a file once, in a process of its own so that its memory can be told: into a table, or into JavaScript columns and no further.
//   argv: the bundled rooms, `import` or `read`, the file, the cluster's URL
//   out:  { ms, rows, bytes, peakBytes }
const [, , rooms, mode, file, url] = process.argv;
const { connectCluster, fileSource, writeTable } = await import(rooms);

async function importFile() {
  const link = await connectCluster({ url, prefix: 'importbench' });
  try {
    const from = performance.now();
    const { fields, batches } = await fileSource(file);
    const table = await writeTable(link, 'flights', batches, { fields, mode: 'replace', graceMs: 0 }, link.context());
    const ms = performance.now() - from;
    const columns = table.chunks.flatMap((chunk) => chunk.columns);
    const bytes = columns.reduce((sum, c) => sum + c.bytes + c.validityBytes + c.dictionaryBytes, 0);
    return { ms, rows: table.rows, bytes };
  } finally {
    await link.close();
  }
}

async function readFile() {
  const from = performance.now();
  let rows = 0;
  for await (const batch of (await fileSource(file)).batches) rows += batch.rows;
  return { ms: performance.now() - from, rows, bytes: 0 };
}

const result = await (mode === 'import' ? importFile() : readFile());
process.send({ ...result, peakBytes: process.resourceUsage().maxRSS * 1024 });

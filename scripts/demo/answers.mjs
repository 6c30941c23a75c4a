// Whether two answers are one, and how answers and receipts are shown.

const RELATIVE = 1e-12;

/** Integers, strings and times exactly; floats within 1e-12 of their size. DuckDB's integers arrive as bigints. */
function isSame(ours, theirs) {
  if (theirs instanceof Date) return ours instanceof Date && ours.getTime() === theirs.getTime();
  if (typeof theirs === 'bigint') return Number.isSafeInteger(ours) && BigInt(ours) === theirs;
  if (typeof theirs === 'number' && typeof ours === 'number') {
    return ours === theirs || Math.abs(ours - theirs) <= RELATIVE * Math.abs(theirs);
  }
  return ours === theirs;
}

const isSameRow = (ours, theirs) =>
  ours !== undefined && theirs !== undefined && Object.keys(theirs).every((name) => isSame(ours[name], theirs[name]));

export const isSameAnswer = (ours, theirs) =>
  ours.length === theirs.length && theirs.every((row, i) => isSameRow(ours[i], row));

function show(value) {
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace('T', ' ');
  if (typeof value === 'bigint') return value.toLocaleString('en-US');
  if (typeof value !== 'number') return String(value);
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

const mark = (same) => (same ? '✓' : '✗');

/** Colours come last: within a table they would count as width. */
const colourMarks = (table, { paint }) =>
  table.replace(/[✓✗]$/gm, (sign) => paint(sign === '✓' ? 'green' : 'red', sign, process.stdout));

/** One row: a line an aggregate. Several: a line a row, keys first, and DuckDB's columns beside. */
export function answerTable(ours, theirs, keys, rooms) {
  return colourMarks(plainTable(ours, theirs, keys, rooms), rooms);
}

function plainTable(ours, theirs, keys, { formatTable }) {
  if (keys.length === 0) {
    const [mine = {}] = ours;
    const [other = {}] = theirs;
    const rows = Object.keys(other).map((name) => [
      name,
      show(mine[name]),
      show(other[name]),
      mark(isSame(mine[name], other[name])),
    ]);
    return formatTable(['answer', 'Shardfold', 'DuckDB', ''], rows, { right: ['Shardfold', 'DuckDB'] });
  }
  const values = Object.keys(theirs[0] ?? ours[0] ?? {}).filter((name) => !keys.includes(name));
  const theirTitles = values.map((name) => `DuckDB ${name}`);
  const rows = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, i) => [
    ...keys.map((name) => show(ours[i]?.[name])),
    ...values.map((name) => show(ours[i]?.[name])),
    ...values.map((name) => show(theirs[i]?.[name])),
    mark(isSameRow(ours[i], theirs[i])),
  ]);
  return formatTable([...keys, ...values, ...theirTitles, ''], rows, { right: [...values, ...theirTitles] });
}

export const bytesMoved = ({ bytesSent, bytesReceived }) => bytesSent + bytesReceived;

/** What the answer accounts for and what it cost. */
export function receiptLine(receipt, { formatBytes, formatCount, formatMs }) {
  const { chunks, computedOn, calls, longestCallMs } = receipt;
  const shards = Object.values(receipt.shards).filter((share) => share.chunks > 0).length;
  return [
    `${chunks.computed + chunks.pruned} of ${chunks.expected} chunks (${chunks.pruned} pruned)`,
    `${shards} shards`,
    ...(computedOn.client > 0 ? [`${computedOn.client} chunks computed here: ${computedOn.reason}`] : []),
    `${formatBytes(bytesMoved(receipt))} moved of ${formatBytes(receipt.bytesStored)} stored`,
    `${formatCount(calls)} calls, longest ${formatMs(longestCallMs)}`,
    formatMs(receipt.wallMs),
  ].join(', ');
}

// What the benchmarks share: interleaved medians, and the rows that they report.

export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every case once in turn, `runs` times over, so that a machine that slows down slows all of them; one round before is not
 * counted. A case hands back a number, several named numbers, or nothing (then its wall time in ms counts).
 * @returns for each case what it handed back, round after round
 */
export async function rounds(cases, runs = 5) {
  const seen = cases.map(() => []);
  for (let round = -1; round < runs; round++) {
    for (const [i, work] of cases.entries()) {
      const from = performance.now();
      const value = (await work()) ?? performance.now() - from;
      if (round >= 0) seen[i].push(value);
    }
  }
  return seen;
}

/** The median of each case of `rounds`, of each name where it named them. */
export async function interleave(cases, runs = 5) {
  return (await rounds(cases, runs)).map((values) => {
    if (typeof values[0] === 'number') return median(values);
    return Object.fromEntries(Object.keys(values[0]).map((key) => [key, median(values.map((value) => value[key]))]));
  });
}

/** A meter of the processor time that the servers' main threads have used so far, in nanoseconds. */
export async function processorTime(env) {
  const { RespConnection } = await env.load('src/local/resp.ts');
  const connections = (await env.cluster()).nodes.map(({ port }) => new RespConnection(port));
  const seconds = (text, field) => Number(new RegExp(`^${field}:(.*)`, 'm').exec(text)?.[1]);
  const used = async (connection) => {
    const info = String(await connection.call('INFO', 'cpu'));
    const thread = info.includes('main_thread') ? '_main_thread' : '';
    return (seconds(info, `used_cpu_user${thread}`) + seconds(info, `used_cpu_sys${thread}`)) * 1e9;
  };
  return {
    read: async () => (await Promise.all(connections.map(used))).reduce((sum, value) => sum + value, 0),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

/** A figure to report. `atMost` or `atLeast` make it one that holds or does not. */
export function row(name, value, unit, { atMost, atLeast } = {}) {
  if (atMost !== undefined) return { name, value, unit, target: `≤ ${atMost}`, holds: value <= atMost };
  if (atLeast !== undefined) return { name, value, unit, target: `≥ ${atLeast}`, holds: value >= atLeast };
  return { name, value, unit };
}

/** Three significant digits, whole above a hundred. */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return String(value);
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Columns padded to their widest cell; `right` names those that are set flush right. */
export function formatTable(rows, right = []) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => [...cells[i]].length)));
  const pad = (cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]));
  return rows.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
}

// The known questions over a million rows on three shards: in the shards; pulled packed into this process and computed by the same plan;
// and by DuckDB on the same rows, once with the columns in its own tables already, once with pulling and loading them counted.
// The last of the ten has as many groups as rows: what that costs the servers, and where a query goes that is free to choose.
import { readFileSync, writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { loadIntoDuckdb, pulledTable, sourceOf } from './data/columns.mjs';
import { groupByTable } from './data/groupby.mjs';
import { lineitemTable } from './data/lineitem.mjs';
import { groupByQuestions, tpchQuestions } from './data/questions.mjs';
import { interleave, row } from './lib.mjs';

export const name = 'questions';
export const title =
  'A million rows on three shards: the group-by questions of H2O.ai and TPC-H 1 and 6 (medians of interleaved runs)';

const ROWS = 1_000_000;
const RUNS = 3;
/** A question with as many groups as this takes seconds. */
const MANY_GROUPS = 100_000;

const measured = (query, side) => async () => {
  const from = performance.now();
  const { receipt } = await query.collect({ side });
  return {
    ms: performance.now() - from,
    bytes: receipt.bytesSent + receipt.bytesReceived,
    ns: (receipt.serverMs * 1e6) / ROWS,
  };
};

/** DuckDB's answer as it is used: rows in JavaScript. */
const asked = async (connection, sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS();

async function ask({ name, query, sql, keys }, { table, from, columns, connection }) {
  const question = query(table);
  const order = keys.length > 0 ? ` ORDER BY ${keys.join(', ')}` : '';
  const groups = (await asked(connection, sql)).length;
  const needed = columns.filter((column) => new RegExp(`\\b${column}\\b`).test(sql));
  let pulledBytes = 0;
  const [shards, client, inside, pulled] = await interleave(
    [
      measured(question, 'shards'),
      measured(question, 'client'),
      async () => {
        await asked(connection, sql + order);
      },
      async () => {
        const result = await table.select(...needed).collectColumns();
        pulledBytes = result.receipt.bytesReceived;
        await loadIntoDuckdb(connection, 'pulled', pulledTable(result));
        await asked(connection, sql.replace(new RegExp(`\\bFROM ${from}\\b`), 'FROM pulled') + order);
      },
    ],
    groups < MANY_GROUPS ? RUNS : 1,
  );
  const what = groups === 1 ? name : `${name} (${groups.toLocaleString('en')} groups)`;
  return [
    row(`${what}: in the shards`, shards.ms, 'ms'),
    row(`${what}: in the shards, kernels`, shards.ns, 'ns a row'),
    row(`${what}: in the shards, moved`, shards.bytes / 1e6, 'MB'),
    row(`${what}: pulled packed into the client`, client.ms, 'ms'),
    row(`${what}: pulled packed, moved`, client.bytes / 1e6, 'MB'),
    row(`${what}: DuckDB, its own table`, inside, 'ms'),
    row(`${what}: DuckDB, pulling and loading included`, pulled, 'ms'),
    row(`${what}: DuckDB, moved`, pulledBytes / 1e6, 'MB'),
    row(`${what}: the client against the shards`, client.ms / shards.ms, '×'),
    row(`${what}: DuckDB after pulling against the shards`, pulled / shards.ms, '×'),
  ];
}

const megabytes = (text, field) => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1]) / 1024;

/** The most memory that a server held more than before while work ran, in MiB: its process, and the heap of Lua as it reports it. */
async function memoryOf(env, work) {
  const { RespConnection } = await env.load('src/local/resp.ts');
  const { nodes } = await env.cluster();
  const before = nodes.map(({ pid }) => {
    // From now on the peak counts anew.
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return megabytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS');
  });
  const connections = nodes.map(({ port }) => new RespConnection(port));
  let [lua, running] = [0, true];
  const watch = connections.map(async (connection) => {
    while (running) {
      const used = megabytes(String(await connection.call('INFO', 'memory')), 'used_memory_lua') / 1024;
      lua = Math.max(lua, used);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    connection.close();
  });
  const result = await work();
  running = false;
  await Promise.all(watch);
  const peaks = nodes.map(({ pid }) => megabytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM'));
  return { result, process: Math.max(...peaks.map((peak, i) => peak - before[i])), lua };
}

async function manyGroups(env, { query }, table) {
  const rows = [];
  for (const side of ['shards', 'auto']) {
    const { result, process, lua } = await memoryOf(env, () => query(table).collect({ side }));
    const { shards, client, reason } = result.receipt.computedOn;
    const what = `q10, side ${side}`;
    env.note(`${what}: ${shards} chunks in the shards, ${client} pulled${reason === undefined ? '' : ` (${reason})`}`);
    rows.push(
      row(`${what}: chunks in the shards, of ${shards + client}`, shards, ''),
      row(`${what}: time`, result.receipt.wallMs, 'ms'),
      row(`${what}: peak memory of a server above what it held`, process, 'MiB'),
      row(`${what}: greatest Lua heap`, lua, 'MiB'),
      row(`${what}: longest call`, result.receipt.longestCallMs, 'ms'),
    );
  }
  return rows;
}

export async function run(env) {
  const api = await env.shardfold();
  const sf = await env.client();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = [];
  try {
    env.note(`making ${ROWS} rows of two tables …`);
    const generated = { x: groupByTable({ rows: ROWS }), lineitem: lineitemTable({ rows: ROWS }) };
    const questions = { x: groupByQuestions(api), lineitem: tpchQuestions(api) };
    for (const [from, source] of Object.entries(generated)) {
      await sf.createTable(from, sourceOf(source));
      await loadIntoDuckdb(connection, from, source);
      const place = { table: sf.table(from), from, columns: source.columns.map((column) => column.name), connection };
      for (const question of questions[from]) {
        env.note(question.name);
        rows.push(...(await ask(question, place)));
      }
    }
    const last = questions.x.find((question) => question.name.startsWith('q10'));
    rows.push(...(await manyGroups(env, last, sf.table('x'))));
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
    for (const from of ['x', 'lineitem']) await sf.drop(from).catch(() => undefined);
  }
}

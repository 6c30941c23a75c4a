// What the checking and converting of a function's arguments and reply costs in the server, against the same work in bare Lua that
// converts by hand. Counted is the processor time of the servers' main threads.
import { interleave, row } from './lib.mjs';

export const name = 'functions';
export const title = 'Checked functions against bare Lua: server processor time a call (medians of 9 runs)';

const CALLS = 10_000;
const BATCH = 100;
const LIST = Array.from({ length: 200 }, (_, i) => i / 7);

const MODULE = `return {
  add = function(keys, args) return tonumber(redis.call('ZINCRBY', keys.board, args.score, args.player)) end,
  sum = function(keys, args)
    local s = 0
    for _, x in ipairs(args.list) do s = s + x end
    return s
  end,
}`;

const BARE = `#!lua name=bare
redis.register_function('bare_add', function(keys, args)
  local score = tonumber(args[2])
  if not score then return redis.error_reply('ERR not a number') end
  return redis.call('ZINCRBY', keys[1], score, args[1])
end)
redis.register_function('bare_sum', function(keys, args)
  local s = 0
  for _, x in ipairs(cjson.decode(args[1])) do s = s + x end
  return string.format('%.17g', s)
end)`;

const NUMBER = { kind: 'number' };
const TEXT = { kind: 'string' };
const SPECS = [
  { name: 'add', flags: [], keys: { board: TEXT }, args: { player: TEXT, score: NUMBER }, returns: NUMBER },
  { name: 'sum', flags: [], keys: { board: TEXT }, args: { list: { kind: 'array', of: NUMBER } }, returns: NUMBER },
];

async function checkedLibrary(env) {
  const { bundleLibrary } = await env.load('src/functions/bundle.ts');
  const { runtimeModule } = await env.load('src/functions/runtime.ts');
  const functions = SPECS.map((spec) => {
    return { name: spec.name, flags: [], module: 'bench', field: spec.name, spec, file: 'bench.lua', line: 1 };
  });
  const own = { file: 'bench.lua', text: MODULE };
  return bundleLibrary({ library: 'bench', functions, load: (module) => runtimeModule(module) ?? own });
}

export async function run(env) {
  const { RespConnection } = await env.load('src/local/resp.ts');
  const [node] = (await env.cluster()).nodes;
  const connection = new RespConnection(node.port);
  try {
    const library = await checkedLibrary(env);
    for (const code of [library.code, BARE]) await connection.call('FUNCTION', 'LOAD', 'REPLACE', code);
    const key = await keyOn(connection);
    const used = async () => {
      const info = await connection.call('INFO', 'cpu');
      const thread = info.includes('main_thread') ? '_main_thread' : '';
      const seconds = (field) => Number(new RegExp(`^used_cpu_${field}${thread}:(.*)`, 'm').exec(info)[1]);
      return (seconds('user') + seconds('sys')) * 1e6;
    };
    const perCall =
      (calls, ...command) =>
      async () => {
        const before = await used();
        for (let sent = 0; sent < calls; sent += BATCH) {
          await Promise.all(Array.from({ length: BATCH }, () => connection.call('FCALL', ...command)));
        }
        return ((await used()) - before) / calls;
      };
    const add = [`add_${library.hash}`, '1', key, 'ann', '3.5'];
    const sum = [`sum_${library.hash}`, '1', key, JSON.stringify(LIST)];
    const [bareAdd, checkedAdd, bareSum, checkedSum] = await interleave(
      [
        perCall(CALLS, 'bare_add', ...add.slice(1)),
        perCall(CALLS, ...add),
        perCall(CALLS / 10, 'bare_sum', ...sum.slice(1)),
        perCall(CALLS / 10, ...sum),
      ],
      9,
    );
    return [
      row('one ZINCRBY, bare Lua', bareAdd, 'µs'),
      row('one ZINCRBY, a checked function', checkedAdd, 'µs'),
      row('one ZINCRBY, checked against bare', checkedAdd / bareAdd, '×'),
      row(`a list of ${LIST.length} numbers added, bare Lua`, bareSum, 'µs'),
      row(`a list of ${LIST.length} numbers added, a checked function`, checkedSum, 'µs'),
      row('a list added, checked against bare', checkedSum / bareSum, '×'),
    ];
  } finally {
    connection.close();
  }
}

/** A key that the node owns. */
async function keyOn(connection) {
  for (let i = 0; ; i++) {
    try {
      await connection.call('DEL', `board:${i}`);
      return `board:${i}`;
    } catch (error) {
      if (!/^MOVED/.test(error.message)) throw error;
    }
  }
}

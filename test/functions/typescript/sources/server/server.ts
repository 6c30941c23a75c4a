import { bytes, defineFunction, t } from 'shardfold/functions';

/** What servers bring along, by our types of it. */
export const board = defineFunction(
  {
    name: 'board',
    keys: { board: t.string, other: t.string },
    args: { player: t.string, score: t.number },
    returns: t.record({
      total: t.number,
      top: t.array(t.string),
      absent: t.nullable(t.string),
      failed: t.string,
      packed: t.bytes,
      unpacked: t.array(t.number),
      bits: t.integer,
      json: t.string,
      status: t.string,
      found: t.array(t.string),
      numbers: t.array(t.string),
    }),
  },
  (keys, { player, score }) => {
    const before = redis.call('ZSCORE', keys.board, player);
    const total = (before === false ? 0 : Number(before)) + score;
    redis.call('ZADD', keys.board, total, player);
    const absent = redis.call('GET', keys.other);
    const reply = redis.pcall('GET', keys.board);
    const packed = struct.pack('<dI4', total, 7);
    const [first, second] = struct.unpack<[number, number, number]>('<dI4', packed);
    const status = redis.call('SET', keys.other, 'x');
    const found = redis.call('MGET', keys.other, keys.other);
    redis.call('DEL', keys.other);
    redis.call('RPUSH', keys.other, 0.1, score / 3, Number.NaN, ...[1e-7, 1e21], -0.5);
    const numbers = redis.call('LRANGE', keys.other, 0, -1);
    redis.call('DEL', keys.other);
    redis.call('SET', keys.other, score / 3);
    const last = redis.call('GETDEL', keys.other);
    if (last !== false) numbers.push(last);
    const pairs = redis.call('ZRANGE', keys.board, 0, -1, 'WITHSCORES');
    return {
      total,
      top: redis.call('ZREVRANGE', keys.board, 0, 2),
      absent: absent === false ? null : absent,
      failed: typeof reply === 'object' && 'err' in reply ? reply.err : 'fine',
      packed,
      unpacked: [first, second, pairs.length, bytes.length(packed)],
      bits: bit.band(bit.bor(5, 8), 12),
      json: cjson.encode({ player }),
      status: status.ok,
      found: found.map((one) => (one === false ? 'none' : one)),
      numbers,
    };
  },
);

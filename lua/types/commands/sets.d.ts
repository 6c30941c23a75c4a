declare namespace RedisLua {
  interface Commands {
    SADD: { args: [key: Key, member: Arg, ...members: Arg[]]; reply: number };
    SCARD: { args: [key: Key]; reply: number };
    SDIFF: { args: [key: Key, ...keys: Key[]]; reply: Bulk[] };
    SDIFFSTORE: { args: [destination: Key, key: Key, ...keys: Key[]]; reply: number };
    SINTER: { args: [key: Key, ...keys: Key[]]; reply: Bulk[] };
    SINTERCARD: {
      args:
        | [numkeys: Num, key: Key, ...keys: Key[]]
        | [numkeys: Num, key: Key, ...keys: Key[], word: Word<'LIMIT'>, limit: Num];
      reply: number;
    };
    SINTERSTORE: { args: [destination: Key, key: Key, ...keys: Key[]]; reply: number };
    SISMEMBER: { args: [key: Key, member: Arg]; reply: 0 | 1 };
    SMEMBERS: { args: [key: Key]; reply: Bulk[] };
    SMISMEMBER: { args: [key: Key, member: Arg, ...members: Arg[]]; reply: (0 | 1)[] };
    SMOVE: { args: [source: Key, destination: Key, member: Arg]; reply: 0 | 1 };
    SPOP: { args: [key: Key]; reply: Bulk | false } | { args: [key: Key, count: Num]; reply: Bulk[] };
    SRANDMEMBER: { args: [key: Key]; reply: Bulk | false } | { args: [key: Key, count: Num]; reply: Bulk[] };
    SREM: { args: [key: Key, member: Arg, ...members: Arg[]]; reply: number };
    SSCAN: { args: [key: Key, cursor: Num, ...options: ScanOptions]; reply: [cursor: Bulk, members: Bulk[]] };
    SUNION: { args: [key: Key, ...keys: Key[]]; reply: Bulk[] };
    SUNIONSTORE: { args: [destination: Key, key: Key, ...keys: Key[]]; reply: number };
  }
}

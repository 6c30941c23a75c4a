declare namespace RedisLua {
  type ExpireCondition = [condition: Word<'NX' | 'XX' | 'GT' | 'LT'>];
  type SortGet = [word: Word<'GET'>, pattern: Arg];
  /** In this order; at most three GET. */
  type SortOptions = [
    ...by: Opt<[Word<'BY'>, Arg]>,
    ...limit: Opt<Limit>,
    ...get: [] | SortGet | [...SortGet, ...SortGet] | [...SortGet, ...SortGet, ...SortGet],
    ...order: Opt<[Word<'ASC' | 'DESC'>]>,
    ...alpha: Opt<[Word<'ALPHA'>]>,
  ];
  type ScanOptions = Two<Opt<Match>, Opt<Count>>;

  interface Commands {
    COPY: {
      args: [source: Key, destination: Key, ...options: Two<Opt<[Word<'DB'>, Num]>, Opt<[Word<'REPLACE'>]>>];
      reply: 0 | 1;
    };
    DEL: { args: [key: Key, ...keys: Key[]]; reply: number };
    DUMP: { args: [key: Key]; reply: Bulk | false };
    EXISTS: { args: [key: Key, ...keys: Key[]]; reply: number };
    EXPIRE: { args: [key: Key, seconds: Num, ...condition: Opt<ExpireCondition>]; reply: 0 | 1 };
    EXPIREAT: { args: [key: Key, unixSeconds: Num, ...condition: Opt<ExpireCondition>]; reply: 0 | 1 };
    /** -1 without a time to live, -2 without the key. */
    EXPIRETIME: { args: [key: Key]; reply: number };
    KEYS: { args: [pattern: Arg]; reply: Bulk[] };
    MOVE: { args: [key: Key, database: Num]; reply: 0 | 1 };
    OBJECT:
      | { args: [subcommand: Word<'ENCODING'>, key: Key]; reply: Bulk | false }
      | { args: [subcommand: Word<'FREQ' | 'IDLETIME' | 'REFCOUNT'>, key: Key]; reply: number | false };
    PERSIST: { args: [key: Key]; reply: 0 | 1 };
    PEXPIRE: { args: [key: Key, milliseconds: Num, ...condition: Opt<ExpireCondition>]; reply: 0 | 1 };
    PEXPIREAT: { args: [key: Key, unixMilliseconds: Num, ...condition: Opt<ExpireCondition>]; reply: 0 | 1 };
    PEXPIRETIME: { args: [key: Key]; reply: number };
    PTTL: { args: [key: Key]; reply: number };
    RANDOMKEY: { args: []; reply: Bulk | false };
    RENAME: { args: [key: Key, newKey: Key]; reply: Ok };
    RENAMENX: { args: [key: Key, newKey: Key]; reply: 0 | 1 };
    RESTORE: {
      args: [
        key: Key,
        ttl: Num,
        value: string | Bytes,
        ...flags: Two<Opt<[Word<'REPLACE'>]>, Opt<[Word<'ABSTTL'>]>>,
        ...eviction: Opt<[Word<'IDLETIME' | 'FREQ'>, Num]>,
      ];
      reply: Ok;
    };
    SCAN: {
      args: [cursor: Num, ...options: Three<Opt<Match>, Opt<Count>, Opt<[Word<'TYPE'>, Arg]>>];
      reply: [cursor: Bulk, keys: Bulk[]];
    };
    /** With STORE, the number of elements. */
    SORT:
      | { args: [key: Key, ...options: SortOptions]; reply: (Bulk | false)[] }
      | { args: [key: Key, ...options: SortOptions, word: Word<'STORE'>, destination: Key]; reply: number };
    SORT_RO: { args: [key: Key, ...options: SortOptions]; reply: (Bulk | false)[] };
    TOUCH: { args: [key: Key, ...keys: Key[]]; reply: number };
    /** -1 without a time to live, -2 without the key. */
    TTL: { args: [key: Key]; reply: number };
    TYPE: {
      args: [key: Key];
      reply: Status<'none' | 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream' | 'vectorset'>;
    };
    UNLINK: { args: [key: Key, ...keys: Key[]]; reply: number };
  }
}

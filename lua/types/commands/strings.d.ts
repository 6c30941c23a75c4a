declare namespace RedisLua {
  /** When to write: where the key is missing (NX) or there (XX), or by its value (Redis 8.4; IFEQ Valkey 8.1). */
  type SetCondition =
    | [condition: Word<'NX' | 'XX'>]
    | [condition: Word<'IFEQ' | 'IFNE' | 'IFDEQ' | 'IFDNE'>, value: Arg];
  type SetExpiry = Expiry | [word: Word<'KEEPTTL'>];

  interface Commands {
    APPEND: { args: [key: Key, value: Arg]; reply: number };
    DECR: { args: [key: Key]; reply: number };
    DECRBY: { args: [key: Key, decrement: Num]; reply: number };
    /** Redis 8.4 */
    DELEX: { args: [key: Key, ...condition: Opt<[Word<'IFEQ' | 'IFNE' | 'IFDEQ' | 'IFDNE'>, Arg]>]; reply: 0 | 1 };
    /** Valkey 9 */
    DELIFEQ: { args: [key: Key, value: Arg]; reply: 0 | 1 };
    /** Redis 8.4 */
    DIGEST: { args: [key: Key]; reply: Bulk | false };
    GET: { args: [key: Key]; reply: Bulk | false };
    GETDEL: { args: [key: Key]; reply: Bulk | false };
    GETEX: { args: [key: Key, ...expiry: Opt<Expiry | [Word<'PERSIST'>]>]; reply: Bulk | false };
    GETRANGE: { args: [key: Key, start: Num, end: Num]; reply: Bulk };
    GETSET: { args: [key: Key, value: Arg]; reply: Bulk | false };
    INCR: { args: [key: Key]; reply: number };
    INCRBY: { args: [key: Key, increment: Num]; reply: number };
    INCRBYFLOAT: { args: [key: Key, increment: Num]; reply: Bulk };
    LCS:
      | { args: [key1: Key, key2: Key]; reply: Bulk }
      | { args: [key1: Key, key2: Key, word: Word<'LEN'>]; reply: number }
      | {
          args: [
            key1: Key,
            key2: Key,
            word: Word<'IDX'>,
            ...options: Two<Opt<[Word<'MINMATCHLEN'>, Num]>, Opt<[Word<'WITHMATCHLEN'>]>>,
          ];
          reply: ['matches', unknown[], 'len', number];
        };
    MGET: { args: [key: Key, ...keys: Key[]]; reply: (Bulk | false)[] };
    MSET: { args: [key: Key, value: Arg, ...keysAndValues: Arg[]]; reply: Ok };
    /** Redis 8.4 */
    MSETEX: { args: [numkeys: Num, key: Key, value: Arg, ...keysValuesAndOptions: Arg[]]; reply: 0 | 1 };
    MSETNX: { args: [key: Key, value: Arg, ...keysAndValues: Arg[]]; reply: 0 | 1 };
    PSETEX: { args: [key: Key, milliseconds: Num, value: Arg]; reply: Ok };
    /** False where the condition does not hold; with GET the value before. */
    SET:
      | { args: [key: Key, value: Arg, ...expiry: Opt<SetExpiry>]; reply: Ok }
      | { args: [key: Key, value: Arg, ...options: Two<SetCondition, Opt<SetExpiry>>]; reply: Ok | false }
      | {
          args: [key: Key, value: Arg, ...options: Three<Opt<SetCondition>, [Word<'GET'>], Opt<SetExpiry>>];
          reply: Bulk | false;
        };
    SETEX: { args: [key: Key, seconds: Num, value: Arg]; reply: Ok };
    SETNX: { args: [key: Key, value: Arg]; reply: 0 | 1 };
    SETRANGE: { args: [key: Key, offset: Num, value: Arg]; reply: number };
    STRLEN: { args: [key: Key]; reply: number };
    SUBSTR: { args: [key: Key, start: Num, end: Num]; reply: Bulk };
  }
}

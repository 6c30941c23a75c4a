declare namespace RedisLua {
  type Fields = [word: Word<'FIELDS'>, count: Num, field: Arg, ...fields: Arg[]];

  interface Commands {
    HDEL: { args: [key: Key, field: Arg, ...fields: Arg[]]; reply: number };
    HEXISTS: { args: [key: Key, field: Arg]; reply: 0 | 1 };
    HGET: { args: [key: Key, field: Arg]; reply: Bulk | false };
    /** Field, value, field, value… */
    HGETALL: { args: [key: Key]; reply: Bulk[] };
    HINCRBY: { args: [key: Key, field: Arg, increment: Num]; reply: number };
    HINCRBYFLOAT: { args: [key: Key, field: Arg, increment: Num]; reply: Bulk };
    HKEYS: { args: [key: Key]; reply: Bulk[] };
    HLEN: { args: [key: Key]; reply: number };
    HMGET: { args: [key: Key, field: Arg, ...fields: Arg[]]; reply: (Bulk | false)[] };
    HMSET: { args: [key: Key, field: Arg, value: Arg, ...fieldsAndValues: Arg[]]; reply: Ok };
    HRANDFIELD:
      | { args: [key: Key]; reply: Bulk | false }
      | { args: [key: Key, count: Num, ...values: Opt<[Word<'WITHVALUES'>]>]; reply: Bulk[] };
    HSCAN: {
      args: [key: Key, cursor: Num, ...options: Three<Opt<Match>, Opt<Count>, Opt<[Word<'NOVALUES'>]>>];
      reply: [cursor: Bulk, fieldsAndValues: Bulk[]];
    };
    HSET: { args: [key: Key, field: Arg, value: Arg, ...fieldsAndValues: Arg[]]; reply: number };
    HSETNX: { args: [key: Key, field: Arg, value: Arg]; reply: 0 | 1 };
    HSTRLEN: { args: [key: Key, field: Arg]; reply: number };
    HVALS: { args: [key: Key]; reply: Bulk[] };

    // Fields that expire: Redis 7.4, Valkey 9. Per field: -2 none such, 0 condition not met, 1 set, 2 deleted at once.
    HEXPIRE: { args: [key: Key, seconds: Num, ...condition: Opt<ExpireCondition>, ...fields: Fields]; reply: number[] };
    HEXPIREAT: {
      args: [key: Key, unixSeconds: Num, ...condition: Opt<ExpireCondition>, ...fields: Fields];
      reply: number[];
    };
    HPEXPIRE: {
      args: [key: Key, milliseconds: Num, ...condition: Opt<ExpireCondition>, ...fields: Fields];
      reply: number[];
    };
    HPEXPIREAT: {
      args: [key: Key, unixMilliseconds: Num, ...condition: Opt<ExpireCondition>, ...fields: Fields];
      reply: number[];
    };
    HEXPIRETIME: { args: [key: Key, ...fields: Fields]; reply: number[] };
    HPEXPIRETIME: { args: [key: Key, ...fields: Fields]; reply: number[] };
    HPERSIST: { args: [key: Key, ...fields: Fields]; reply: number[] };
    HTTL: { args: [key: Key, ...fields: Fields]; reply: number[] };
    HPTTL: { args: [key: Key, ...fields: Fields]; reply: number[] };

    // Redis 8.0, Valkey 9.
    HGETDEL: { args: [key: Key, ...fields: Fields]; reply: (Bulk | false)[] };
    HGETEX: {
      args: [key: Key, ...expiry: Opt<Expiry | [Word<'PERSIST'>]>, ...fields: Fields];
      reply: (Bulk | false)[];
    };
    HSETEX: {
      args: [
        key: Key,
        ...options: Two<Opt<[Word<'FNX' | 'FXX'>]>, Opt<SetExpiry>>,
        word: Word<'FIELDS'>,
        count: Num,
        field: Arg,
        value: Arg,
        ...fieldsAndValues: Arg[],
      ];
      reply: 0 | 1;
    };
  }
}

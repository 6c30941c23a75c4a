declare namespace RedisLua {
  type Side = Word<'LEFT' | 'RIGHT'>;

  interface Commands {
    /** Does not block inside a function. */
    BLMPOP: {
      args:
        | [timeout: Num, numkeys: Num, key: Key, ...keys: Key[], side: Side]
        | [timeout: Num, numkeys: Num, key: Key, ...keys: Key[], side: Side, ...Count];
      reply: [key: Bulk, elements: Bulk[]] | false;
    };
    LINDEX: { args: [key: Key, index: Num]; reply: Bulk | false };
    LINSERT: { args: [key: Key, where: Word<'BEFORE' | 'AFTER'>, pivot: Arg, element: Arg]; reply: number };
    LLEN: { args: [key: Key]; reply: number };
    LMOVE: { args: [source: Key, destination: Key, from: Side, to: Side]; reply: Bulk | false };
    LMPOP: {
      args:
        | [numkeys: Num, key: Key, ...keys: Key[], side: Side]
        | [numkeys: Num, key: Key, ...keys: Key[], side: Side, ...Count];
      reply: [key: Bulk, elements: Bulk[]] | false;
    };
    LPOP: { args: [key: Key]; reply: Bulk | false } | { args: [key: Key, count: Num]; reply: Bulk[] | false };
    LPOS:
      | {
          args: [key: Key, element: Arg, ...options: Two<Opt<[Word<'RANK'>, Num]>, Opt<[Word<'MAXLEN'>, Num]>>];
          reply: number | false;
        }
      | {
          args: [
            key: Key,
            element: Arg,
            ...options: Three<Opt<[Word<'RANK'>, Num]>, Count, Opt<[Word<'MAXLEN'>, Num]>>,
          ];
          reply: number[];
        };
    LPUSH: { args: [key: Key, element: Arg, ...elements: Arg[]]; reply: number };
    LPUSHX: { args: [key: Key, element: Arg, ...elements: Arg[]]; reply: number };
    LRANGE: { args: [key: Key, start: Num, stop: Num]; reply: Bulk[] };
    LREM: { args: [key: Key, count: Num, element: Arg]; reply: number };
    LSET: { args: [key: Key, index: Num, element: Arg]; reply: Ok };
    LTRIM: { args: [key: Key, start: Num, stop: Num]; reply: Ok };
    RPOP: { args: [key: Key]; reply: Bulk | false } | { args: [key: Key, count: Num]; reply: Bulk[] | false };
    RPOPLPUSH: { args: [source: Key, destination: Key]; reply: Bulk | false };
    RPUSH: { args: [key: Key, element: Arg, ...elements: Arg[]]; reply: number };
    RPUSHX: { args: [key: Key, element: Arg, ...elements: Arg[]]; reply: number };
  }
}

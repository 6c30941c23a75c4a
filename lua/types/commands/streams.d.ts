declare namespace RedisLua {
  /** Fields and values alternate. */
  type StreamEntry = [id: Bulk, fieldsAndValues: Bulk[]];
  type StreamEntries = [key: Bulk, entries: StreamEntry[]][] | false;
  type Trim = [
    by: Word<'MAXLEN' | 'MINID'>,
    ...exactly: Opt<['=' | '~']>,
    threshold: Arg,
    ...limit: Opt<[Word<'LIMIT'>, Num]>,
  ];
  /** What becomes of references in groups: Redis 8.2. */
  type References = [word: Word<'KEEPREF' | 'DELREF' | 'ACKED'>];
  type Ids = [word: Word<'IDS'>, count: Num, id: Arg, ...ids: Arg[]];
  type ClaimOption = Word<'IDLE' | 'TIME' | 'RETRYCOUNT' | 'FORCE' | 'LASTID'> | Arg;

  interface Commands {
    XACK: { args: [key: Key, group: Arg, id: Arg, ...ids: Arg[]]; reply: number };
    /** Redis 8.2 */
    XACKDEL: { args: [key: Key, group: Arg, ...references: Opt<References>, ...ids: Ids]; reply: number[] };
    /**
     * The new id. The id (`*` for the server's own), then fields and values; before the id may stand NOMKSTREAM (then false
     * where there is no stream), KEEPREF | DELREF | ACKED, and MAXLEN | MINID `[= | ~]` threshold `[LIMIT count]`.
     */
    XADD:
      | { args: [key: Key, id: Arg, field: Arg, value: Arg, ...fieldsAndValues: Arg[]]; reply: Bulk }
      | {
          args: [key: Key, word: Word<'NOMKSTREAM'>, id: Arg, field: Arg, value: Arg, ...rest: Arg[]];
          reply: Bulk | false;
        };
    XAUTOCLAIM:
      | {
          args: [key: Key, group: Arg, consumer: Arg, minIdle: Num, start: Arg, ...count: Opt<Count>];
          reply: [next: Bulk, entries: StreamEntry[], deleted: Bulk[]];
        }
      | {
          args: [
            key: Key,
            group: Arg,
            consumer: Arg,
            minIdle: Num,
            start: Arg,
            ...options: Two<Opt<Count>, [Word<'JUSTID'>]>,
          ];
          reply: [next: Bulk, ids: Bulk[], deleted: Bulk[]];
        };
    XCLAIM:
      | {
          args: [key: Key, group: Arg, consumer: Arg, minIdle: Num, id: Arg, ...idsAndOptions: ClaimOption[]];
          reply: StreamEntry[];
        }
      | {
          args: [
            key: Key,
            group: Arg,
            consumer: Arg,
            minIdle: Num,
            id: Arg,
            ...idsAndOptions: ClaimOption[],
            word: Word<'JUSTID'>,
          ];
          reply: Bulk[];
        };
    XDEL: { args: [key: Key, id: Arg, ...ids: Arg[]]; reply: number };
    /** Redis 8.2 */
    XDELEX: { args: [key: Key, ...references: Opt<References>, ...ids: Ids]; reply: number[] };
    XGROUP:
      | {
          args: [
            subcommand: Word<'CREATE'>,
            key: Key,
            group: Arg,
            id: Arg,
            ...options: Two<Opt<[Word<'MKSTREAM'>]>, Opt<[Word<'ENTRIESREAD'>, Num]>>,
          ];
          reply: Ok;
        }
      | {
          args: [subcommand: Word<'SETID'>, key: Key, group: Arg, id: Arg, ...read: Opt<[Word<'ENTRIESREAD'>, Num]>];
          reply: Ok;
        }
      | { args: [subcommand: Word<'CREATECONSUMER'>, key: Key, group: Arg, consumer: Arg]; reply: 0 | 1 }
      | { args: [subcommand: Word<'DELCONSUMER'>, key: Key, group: Arg, consumer: Arg]; reply: number }
      | { args: [subcommand: Word<'DESTROY'>, key: Key, group: Arg]; reply: 0 | 1 };
    /** Names and values alternate, in every list. */
    XINFO:
      | { args: [subcommand: Word<'STREAM'>, key: Key, ...full: Opt<[Word<'FULL'>, ...Opt<Count>]>]; reply: unknown[] }
      | { args: [subcommand: Word<'GROUPS'>, key: Key]; reply: unknown[][] }
      | { args: [subcommand: Word<'CONSUMERS'>, key: Key, group: Arg]; reply: unknown[][] };
    XLEN: { args: [key: Key]; reply: number };
    XPENDING:
      | {
          args: [key: Key, group: Arg];
          reply: [
            count: number,
            least: Bulk | false,
            greatest: Bulk | false,
            byConsumer: [consumer: Bulk, count: Bulk][] | false,
          ];
        }
      | {
          args: [
            key: Key,
            group: Arg,
            ...idle: Opt<[Word<'IDLE'>, Num]>,
            start: Arg,
            end: Arg,
            count: Num,
            ...consumer: Opt<[Arg]>,
          ];
          reply: [id: Bulk, consumer: Bulk, idle: number, deliveries: number][];
        };
    XRANGE: { args: [key: Key, start: Arg, end: Arg, ...count: Opt<Count>]; reply: StreamEntry[] };
    /** Keys, then as many ids. A function may not BLOCK. */
    XREAD: {
      args: [...count: Opt<Count>, word: Word<'STREAMS'>, key: Key, id: Arg, ...keysAndIds: Arg[]];
      reply: StreamEntries;
    };
    XREADGROUP: {
      args: [
        word: Word<'GROUP'>,
        group: Arg,
        consumer: Arg,
        ...options: Two<Opt<Count>, Opt<[Word<'NOACK'>]>>,
        streams: Word<'STREAMS'>,
        key: Key,
        id: Arg,
        ...keysAndIds: Arg[],
      ];
      reply: [key: Bulk, entries: [id: Bulk, fieldsAndValues: Bulk[] | false][]][] | false;
    };
    XREVRANGE: { args: [key: Key, end: Arg, start: Arg, ...count: Opt<Count>]; reply: StreamEntry[] };
    XSETID: {
      args: [key: Key, id: Arg, ...options: Two<Opt<[Word<'ENTRIESADDED'>, Num]>, Opt<[Word<'MAXDELETEDID'>, Arg]>>];
      reply: Ok;
    };
    XTRIM: { args: [key: Key, ...trim: Trim, ...references: Opt<References>]; reply: number };
  }
}

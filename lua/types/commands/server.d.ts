declare namespace RedisLua {
  interface Commands {
    COMMAND:
      | { args: []; reply: unknown[] }
      | { args: [subcommand: Word<'COUNT'>]; reply: number }
      | { args: [subcommand: Word<'DOCS' | 'INFO'>, ...names: Arg[]]; reply: unknown[] }
      | { args: [subcommand: Word<'GETKEYS'>, command: Arg, arg: Arg, ...args: Arg[]]; reply: Bulk[] }
      | {
          args: [subcommand: Word<'GETKEYSANDFLAGS'>, command: Arg, arg: Arg, ...args: Arg[]];
          reply: [key: Bulk, flags: Status[]][];
        }
      | {
          args: [
            subcommand: Word<'LIST'>,
            ...filter: Opt<[Word<'FILTERBY'>, Word<'MODULE' | 'ACLCAT' | 'PATTERN'>, Arg]>,
          ];
          reply: Bulk[];
        };
    /** Valkey 8.1 */
    COMMANDLOG:
      | {
          args: [subcommand: Word<'GET'>, count: Num, type: Word<'SLOW' | 'LARGE-REQUEST' | 'LARGE-REPLY'>];
          reply: unknown[][];
        }
      | { args: [subcommand: Word<'LEN'>, type: Word<'SLOW' | 'LARGE-REQUEST' | 'LARGE-REPLY'>]; reply: number }
      | { args: [subcommand: Word<'RESET'>, type: Word<'SLOW' | 'LARGE-REQUEST' | 'LARGE-REPLY'>]; reply: Ok };
    DBSIZE: { args: []; reply: number };
    ECHO: { args: [message: Arg]; reply: Bulk };
    FLUSHALL: { args: Opt<[how: Word<'ASYNC' | 'SYNC'>]>; reply: Ok };
    FLUSHDB: { args: Opt<[how: Word<'ASYNC' | 'SYNC'>]>; reply: Ok };
    INFO: { args: string[]; reply: Bulk };
    LASTSAVE: { args: []; reply: number };
    LOLWUT: { args: Opt<[word: Word<'VERSION'>, version: Num]>; reply: Bulk };
    MEMORY:
      | { args: [subcommand: Word<'USAGE'>, key: Key, ...samples: Opt<[Word<'SAMPLES'>, Num]>]; reply: number | false }
      | { args: [subcommand: Word<'STATS'>]; reply: unknown[] }
      | { args: [subcommand: Word<'DOCTOR' | 'MALLOC-STATS'>]; reply: Bulk }
      | { args: [subcommand: Word<'PURGE'>]; reply: Ok };
    PING: { args: []; reply: Status<'PONG'> } | { args: [message: Arg]; reply: Bulk };
    PUBLISH: { args: [channel: Arg, message: Arg]; reply: number };
    PUBSUB:
      | { args: [subcommand: Word<'CHANNELS' | 'SHARDCHANNELS'>, ...pattern: Opt<[Arg]>]; reply: Bulk[] }
      | { args: [subcommand: Word<'NUMSUB' | 'SHARDNUMSUB'>, ...channels: Arg[]]; reply: (Bulk | number)[] }
      | { args: [subcommand: Word<'NUMPAT'>]; reply: number };
    SELECT: { args: [database: Num]; reply: Ok };
    SLOWLOG:
      | { args: [subcommand: Word<'GET'>, ...count: Opt<[Num]>]; reply: unknown[][] }
      | { args: [subcommand: Word<'LEN'>]; reply: number }
      | { args: [subcommand: Word<'RESET'>]; reply: Ok };
    SPUBLISH: { args: [channel: Key, message: Arg]; reply: number };
    SWAPDB: { args: [database1: Num, database2: Num]; reply: Ok };
    TIME: { args: []; reply: [seconds: Bulk, microseconds: Bulk] };
  }
}

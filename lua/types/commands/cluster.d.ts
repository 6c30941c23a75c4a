/** What a function may ask of the cluster; what changes the cluster is left out on purpose. */
declare namespace RedisLua {
  interface Commands {
    CLUSTER:
      | { args: [subcommand: Word<'COUNT-FAILURE-REPORTS'>, node: Arg]; reply: number }
      | { args: [subcommand: Word<'COUNTKEYSINSLOT'>, slot: Num]; reply: number }
      | { args: [subcommand: Word<'GETKEYSINSLOT'>, slot: Num, count: Num]; reply: Bulk[] }
      | { args: [subcommand: Word<'INFO' | 'MYID' | 'MYSHARDID' | 'NODES'>]; reply: Bulk }
      | { args: [subcommand: Word<'KEYSLOT'>, key: Key]; reply: number }
      | { args: [subcommand: Word<'LINKS' | 'SHARDS' | 'SLOTS'>]; reply: unknown[][] }
      | { args: [subcommand: Word<'REPLICAS' | 'SLAVES'>, node: Arg]; reply: Bulk[] }
      /** Redis 8.2, Valkey 8. */
      | {
          args: [subcommand: Word<'SLOT-STATS'>, word: Word<'SLOTSRANGE'>, from: Num, to: Num];
          reply: [slot: number, statistics: unknown[]][];
        }
      | {
          args: [
            subcommand: Word<'SLOT-STATS'>,
            word: Word<'ORDERBY'>,
            metric: Arg,
            ...limit: Opt<[Word<'LIMIT'>, Num]>,
            ...order: Opt<[Word<'ASC' | 'DESC'>]>,
          ];
          reply: [slot: number, statistics: unknown[]][];
        };
  }
}

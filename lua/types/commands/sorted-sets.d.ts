/** Scores arrive as text: `Number(reply)`. */
declare namespace RedisLua {
  type MinOrMax = Word<'MIN' | 'MAX'>;
  type ScoredMembers = [score: Num, member: Arg, ...scoresAndMembers: Arg[]];
  /** NX, XX, GT, LT, CH. */
  type AddFlags = Three<Opt<[Word<'NX' | 'XX'>]>, Opt<[Word<'GT' | 'LT'>]>, Opt<[Word<'CH'>]>>;
  /** The keys, then `WEIGHTS w…`, `AGGREGATE SUM | MIN | MAX`, and where the reply is a list, `WITHSCORES`. */
  type KeysAndOptions = [numkeys: Num, key: Key, ...keysAndOptions: Arg[]];
  type PoppedScores = [key: Bulk, membersAndScores: [member: Bulk, score: Bulk][]] | false;

  interface Commands {
    /** Does not block inside a function. */
    BZMPOP: {
      args:
        | [timeout: Num, numkeys: Num, key: Key, ...keys: Key[], which: MinOrMax]
        | [timeout: Num, numkeys: Num, key: Key, ...keys: Key[], which: MinOrMax, ...Count];
      reply: PoppedScores;
    };
    /** The number of new members (with CH, of changed ones); with INCR, the new score, or false where the condition does not hold. */
    ZADD:
      | { args: [key: Key, ...flags: AddFlags, ...members: ScoredMembers]; reply: number }
      | {
          args: [key: Key, ...flags: Two<AddFlags, [Word<'INCR'>]>, score: Num, member: Arg];
          reply: Bulk | false;
        };
    ZCARD: { args: [key: Key]; reply: number };
    ZDIFF: { args: [numkeys: Num, key: Key, ...keysAndScores: Arg[]]; reply: Bulk[] };
    ZDIFFSTORE: { args: [destination: Key, numkeys: Num, key: Key, ...keys: Key[]]; reply: number };
    ZINCRBY: { args: [key: Key, increment: Num, member: Arg]; reply: Bulk };
    ZINTER: { args: KeysAndOptions; reply: Bulk[] };
    ZINTERCARD: {
      args:
        | [numkeys: Num, key: Key, ...keys: Key[]]
        | [numkeys: Num, key: Key, ...keys: Key[], word: Word<'LIMIT'>, limit: Num];
      reply: number;
    };
    ZINTERSTORE: { args: [destination: Key, ...KeysAndOptions]; reply: number };
    ZMPOP: {
      args:
        | [numkeys: Num, key: Key, ...keys: Key[], which: MinOrMax]
        | [numkeys: Num, key: Key, ...keys: Key[], which: MinOrMax, ...Count];
      reply: PoppedScores;
    };
    ZMSCORE: { args: [key: Key, member: Arg, ...members: Arg[]]; reply: (Bulk | false)[] };
    /** Member, score, member, score… */
    ZPOPMAX: { args: [key: Key, ...count: Opt<[Num]>]; reply: Bulk[] };
    ZPOPMIN: { args: [key: Key, ...count: Opt<[Num]>]; reply: Bulk[] };
    ZRANDMEMBER:
      | { args: [key: Key]; reply: Bulk | false }
      | { args: [key: Key, count: Num, ...scores: Opt<[Word<'WITHSCORES'>]>]; reply: Bulk[] };
    /** WITHSCORE from 7.2 on. */
    ZRANK:
      | { args: [key: Key, member: Arg]; reply: number | false }
      | { args: [key: Key, member: Arg, word: Word<'WITHSCORE'>]; reply: [rank: number, score: Bulk] | false };
    ZREM: { args: [key: Key, member: Arg, ...members: Arg[]]; reply: number };
    ZREVRANK:
      | { args: [key: Key, member: Arg]; reply: number | false }
      | { args: [key: Key, member: Arg, word: Word<'WITHSCORE'>]; reply: [rank: number, score: Bulk] | false };
    /** NOSCORES: Valkey 8.1; then members alone. */
    ZSCAN: {
      args: [key: Key, cursor: Num, ...options: Three<Opt<Match>, Opt<Count>, Opt<[Word<'NOSCORES'>]>>];
      reply: [cursor: Bulk, membersAndScores: Bulk[]];
    };
    ZSCORE: { args: [key: Key, member: Arg]; reply: Bulk | false };
    ZUNION: { args: KeysAndOptions; reply: Bulk[] };
    ZUNIONSTORE: { args: [destination: Key, ...KeysAndOptions]; reply: number };
  }
}

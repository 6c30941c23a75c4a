declare namespace RedisLua {
  /** A score, `(1` for more or less than it, `-inf`, `+inf`. */
  type ScoreBound = Arg;
  /** `[text`, `(text`, `-`, `+`. */
  type LexBound = string | Bytes;
  type WithScores = [word: Word<'WITHSCORES'>];
  type RangeOptions = [...by: Opt<[Word<'BYSCORE' | 'BYLEX'>]>, ...rev: Opt<[Word<'REV'>]>, ...limit: Opt<Limit>];

  interface Commands {
    ZCOUNT: { args: [key: Key, min: ScoreBound, max: ScoreBound]; reply: number };
    ZLEXCOUNT: { args: [key: Key, min: LexBound, max: LexBound]; reply: number };
    /** Members; with WITHSCORES member, score, member, score… */
    ZRANGE: {
      args: [key: Key, start: Arg, stop: Arg, ...options: RangeOptions, ...scores: Opt<WithScores>];
      reply: Bulk[];
    };
    ZRANGEBYLEX: { args: [key: Key, min: LexBound, max: LexBound, ...limit: Opt<Limit>]; reply: Bulk[] };
    ZRANGEBYSCORE: {
      args: [key: Key, min: ScoreBound, max: ScoreBound, ...options: Two<Opt<WithScores>, Opt<Limit>>];
      reply: Bulk[];
    };
    ZRANGESTORE: { args: [destination: Key, source: Key, min: Arg, max: Arg, ...options: RangeOptions]; reply: number };
    ZREMRANGEBYLEX: { args: [key: Key, min: LexBound, max: LexBound]; reply: number };
    ZREMRANGEBYRANK: { args: [key: Key, start: Num, stop: Num]; reply: number };
    ZREMRANGEBYSCORE: { args: [key: Key, min: ScoreBound, max: ScoreBound]; reply: number };
    ZREVRANGE: { args: [key: Key, start: Num, stop: Num, ...scores: Opt<WithScores>]; reply: Bulk[] };
    ZREVRANGEBYLEX: { args: [key: Key, max: LexBound, min: LexBound, ...limit: Opt<Limit>]; reply: Bulk[] };
    ZREVRANGEBYSCORE: {
      args: [key: Key, max: ScoreBound, min: ScoreBound, ...options: Two<Opt<WithScores>, Opt<Limit>>];
      reply: Bulk[];
    };
  }
}

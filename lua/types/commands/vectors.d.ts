/** Vector sets: Redis 8. */
declare namespace RedisLua {
  type VectorOption = Word<'CAS' | 'NOQUANT' | 'Q8' | 'BIN' | 'EF' | 'SETATTR' | 'M'> | Arg;
  type SimilarOption = Word<'COUNT' | 'EPSILON' | 'EF' | 'FILTER' | 'FILTER-EF' | 'TRUTH' | 'NOTHREAD'> | Arg;

  interface Commands {
    /** The vector is `FP32 bytes`, or `VALUES count number…`; then the element, then the options. */
    VADD: {
      args: [
        key: Key,
        ...reduce: Opt<[Word<'REDUCE'>, Num]>,
        how: Word<'FP32' | 'VALUES'>,
        vector: Arg,
        element: Arg,
        ...options: VectorOption[],
      ];
      reply: 0 | 1;
    };
    VCARD: { args: [key: Key]; reply: number };
    VDIM: { args: [key: Key]; reply: number };
    VEMB:
      | { args: [key: Key, element: Arg]; reply: Bulk[] | false }
      | { args: [key: Key, element: Arg, word: Word<'RAW'>]; reply: unknown[] | false };
    VGETATTR: { args: [key: Key, element: Arg]; reply: Bulk | false };
    VINFO: { args: [key: Key]; reply: unknown[] | false };
    VISMEMBER: { args: [key: Key, element: Arg]; reply: 0 | 1 };
    VLINKS: { args: [key: Key, element: Arg, ...scores: Opt<[Word<'WITHSCORES'>]>]; reply: Bulk[][] | false };
    VRANDMEMBER: { args: [key: Key]; reply: Bulk | false } | { args: [key: Key, count: Num]; reply: Bulk[] };
    /** Redis 8.4 */
    VRANGE: { args: [key: Key, start: LexBound, end: LexBound, ...count: Opt<[Num]>]; reply: Bulk[] };
    VREM: { args: [key: Key, element: Arg]; reply: 0 | 1 };
    VSETATTR: { args: [key: Key, element: Arg, json: Arg]; reply: 0 | 1 };
    /** `ELE element`, `FP32 bytes` or `VALUES count number…`; with WITHSCORES element, score, element, score… */
    VSIM: {
      args: [
        key: Key,
        how: Word<'ELE' | 'FP32' | 'VALUES'>,
        what: Arg,
        ...options: (SimilarOption | Word<'WITHSCORES' | 'WITHATTRIBS'>)[],
      ];
      reply: (Bulk | false)[];
    };
  }
}

/** Bits of strings, and HyperLogLogs, which are strings. */
declare namespace RedisLua {
  type BitUnit = Word<'BYTE' | 'BIT'>;
  /** `u8`, `i16`, an offset (`#3`), a value. */
  type BitfieldWord =
    | Word<'GET' | 'SET' | 'INCRBY' | 'OVERFLOW' | 'WRAP' | 'SAT' | 'FAIL'>
    | `${'u' | 'i' | '#'}${number}`
    | Num;

  interface Commands {
    BITCOUNT: { args: [key: Key, ...range: Opt<[start: Num, end: Num, ...unit: Opt<[BitUnit]>]>]; reply: number };
    BITFIELD: { args: [key: Key, ...operations: BitfieldWord[]]; reply: (number | false)[] };
    BITFIELD_RO: { args: [key: Key, ...operations: BitfieldWord[]]; reply: (number | false)[] };
    BITOP:
      | { args: [operation: Word<'NOT'>, destination: Key, key: Key]; reply: number }
      | {
          /** DIFF, DIFF1, ANDOR and ONE from Redis 8.2 on. */
          args: [
            operation: Word<'AND' | 'OR' | 'XOR' | 'DIFF' | 'DIFF1' | 'ANDOR' | 'ONE'>,
            destination: Key,
            key: Key,
            ...keys: Key[],
          ];
          reply: number;
        };
    BITPOS: {
      args: [key: Key, bit: 0 | 1, ...range: Opt<[start: Num, ...end: Opt<[end: Num, ...unit: Opt<[BitUnit]>]>]>];
      reply: number;
    };
    GETBIT: { args: [key: Key, offset: Num]; reply: 0 | 1 };
    SETBIT: { args: [key: Key, offset: Num, value: 0 | 1]; reply: 0 | 1 };

    PFADD: { args: [key: Key, ...elements: Arg[]]; reply: 0 | 1 };
    PFCOUNT: { args: [key: Key, ...keys: Key[]]; reply: number };
    PFMERGE: { args: [destination: Key, ...sources: Key[]]; reply: Ok };
  }
}

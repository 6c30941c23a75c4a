/** What goes into commands and comes out of them. */
declare namespace RedisLua {
  /** Bytes that need not be text: the same type as `Bytes` of `shardfold/functions`, so that each fits where the other is asked for. */
  interface Bytes {
    readonly [Symbol.toStringTag]: 'Uint8Array';
  }

  /** What the server holds and hands out: a Lua string, which is text and bytes at once. */
  type Bulk = string & Bytes;

  type Key = string | Bytes;
  /** Servers take strings and numbers; a boolean, a table or nil is an error at run time. */
  type Arg = string | number | Bytes;
  /** Where the server asks for a number. A reply of the server may stand there as it is. */
  type Num = number | `${number}` | 'inf' | '+inf' | '-inf' | Bytes;

  /** A simple string such as OK arrives as a table. */
  interface Status<Text extends string = string> {
    readonly ok: Text;
  }
  type Ok = Status<'OK'>;

  /** What `redis.pcall` returns where the command failed. */
  interface CallError {
    /** Begins with the code: `WRONGTYPE Operation against …` */
    readonly err: string;
    /** Where it was raised, by the server. */
    readonly source?: string;
    readonly line?: string;
  }

  /** A word of a command, in capitals or small letters. */
  type Word<Text extends string> = Text | Lowercase<Text>;
  type Opt<Part extends readonly unknown[]> = [] | Part;
  type Some<T> = [T, ...T[]];
  /** Parts in any order. */
  type Two<A extends unknown[], B extends unknown[]> = [...A, ...B] | [...B, ...A];
  type Three<A extends unknown[], B extends unknown[], C extends unknown[]> =
    | [...A, ...Two<B, C>]
    | [...B, ...Two<A, C>]
    | [...C, ...Two<A, B>];

  /** `[unit, time]`, such as `'EX', 60`. */
  type Expiry = [unit: Word<'EX' | 'PX' | 'EXAT' | 'PXAT'>, time: Num];
  type Count = [word: Word<'COUNT'>, count: Num];
  type Limit = [word: Word<'LIMIT'>, offset: Num, count: Num];
  type Match = [word: Word<'MATCH'>, pattern: Arg];
}

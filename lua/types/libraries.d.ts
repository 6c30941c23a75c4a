/** The Lua libraries that servers bring along. */
declare namespace RedisLua {
  /** Several results of a Lua function: `const [a, b] = struct.unpack(…)`. */
  type Results<T extends unknown[]> = T & { readonly __tstlMultiReturn: unknown };

  interface JsonNull {
    readonly __cjson: 'null';
  }

  interface Json {
    /** Numbers keep 14 digits. An empty table becomes `{}`; a table with holes may fail. */
    encode(this: void, value: unknown): string;
    /** `null` inside arrives as `cjson.null`, which is not `nil` and is true. */
    decode(this: void, text: string | Bytes): unknown;
    encode_max_depth(this: void, depth?: number): number;
    decode_max_depth(this: void, depth?: number): number;
    encode_keep_buffer(this: void, keep?: boolean): boolean;
    encode_number_precision(this: void, digits?: number): number;
    encode_invalid_numbers(this: void, how?: boolean | 'null'): boolean | 'null';
    decode_invalid_numbers(this: void, how?: boolean): boolean;
    readonly null: JsonNull;
  }

  interface MessagePack {
    /** The values one after the other. */
    pack(this: void, ...values: [unknown, ...unknown[]]): Bulk;
    /** All values that were packed. */
    unpack(this: void, data: string | Bytes): Results<unknown[]>;
    /** One value, and the offset after it, -1 at the end. */
    unpack_one(this: void, data: string | Bytes, offset?: number): Results<[offset: number, value: unknown]>;
    unpack_limit(
      this: void,
      data: string | Bytes,
      limit: number,
      offset?: number,
    ): Results<[offset: number, ...values: unknown[]]>;
  }

  interface Struct {
    /** `<` little-endian, `>` big-endian; b B h H l L i4 I4 integers, f d floats, s zero-ended, cN bytes, x padding. */
    pack(this: void, format: string, ...values: Arg[]): Bulk;
    /** The values, and after them the position (from 1) that follows. */
    unpack<T extends unknown[] = [value: number, next: number]>(
      this: void,
      format: string,
      data: string | Bytes,
      position?: number,
    ): Results<T>;
    size(this: void, format: string): number;
  }

  /** Whole numbers of 32 bits; results are signed. */
  interface Bit {
    tobit(this: void, x: number): number;
    /** Hexadecimal; 8 digits by default, capitals where the count is negative. */
    tohex(this: void, x: number, digits?: number): string;
    bnot(this: void, x: number): number;
    band(this: void, ...x: [number, ...number[]]): number;
    bor(this: void, ...x: [number, ...number[]]): number;
    bxor(this: void, ...x: [number, ...number[]]): number;
    lshift(this: void, x: number, bits: number): number;
    rshift(this: void, x: number, bits: number): number;
    arshift(this: void, x: number, bits: number): number;
    rol(this: void, x: number, bits: number): number;
    ror(this: void, x: number, bits: number): number;
    bswap(this: void, x: number): number;
  }
}

declare const cjson: RedisLua.Json;
declare const cmsgpack: RedisLua.MessagePack;
declare const struct: RedisLua.Struct;
declare const bit: RedisLua.Bit;

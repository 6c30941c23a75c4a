/**
 * What functions and scripts of a stock Redis (7.0 and later) or Valkey server may use, as they see it with RESP2 replies:
 * nil is `false`, an integer a number, a bulk string a string, an array a table, OK `{ ok: 'OK' }`.
 * The commands stand in `commands/`, one group a file; an own one is added by declaring it in `RedisLua.Commands`.
 */

/// <reference path="./values.d.ts" />
/// <reference path="./call.d.ts" />
/// <reference path="./libraries.d.ts" />
/// <reference path="./commands/keys.d.ts" />
/// <reference path="./commands/strings.d.ts" />
/// <reference path="./commands/bits.d.ts" />
/// <reference path="./commands/hashes.d.ts" />
/// <reference path="./commands/lists.d.ts" />
/// <reference path="./commands/sets.d.ts" />
/// <reference path="./commands/sorted-sets.d.ts" />
/// <reference path="./commands/sorted-set-ranges.d.ts" />
/// <reference path="./commands/streams.d.ts" />
/// <reference path="./commands/geo.d.ts" />
/// <reference path="./commands/vectors.d.ts" />
/// <reference path="./commands/server.d.ts" />
/// <reference path="./commands/cluster.d.ts" />

declare namespace RedisLua {
  interface FunctionDefinition {
    function_name: string;
    callback: (this: void, keys: string[], args: string[]) => unknown;
    flags?: ('no-writes' | 'allow-oom' | 'allow-stale' | 'no-cluster' | 'allow-cross-slot-keys')[];
  }

  interface Server {
    /** Runs a command; what fails ends the function with the server's error. */
    call: Call;
    /** Runs a command; what fails is returned as `{ err }`. */
    pcall: ProtectedCall;
    /** `{ err }`: returned from a function, it is an error reply. */
    error_reply(this: void, text: string): { err: string };
    /** `{ ok }`: returned from a function, it is a simple string. */
    status_reply<Text extends string>(this: void, text: Text): Status<Text>;
    /** SHA-1 as 40 hexadecimal digits. */
    sha1hex(this: void, data: string | Bytes): string;
    /** Writes into the server's log. */
    log(this: void, level: LogLevel, ...words: [Arg, ...Arg[]]): void;
    readonly LOG_DEBUG: 0;
    readonly LOG_VERBOSE: 1;
    readonly LOG_NOTICE: 2;
    readonly LOG_WARNING: 3;
    /** Changes what `call` and `pcall` return from here on; the types here are those of 2, as every function begins. */
    setresp(this: void, protocol: 2 | 3): void;
    /** Whether what this function writes goes to the append-only file and the replicas. */
    set_repl(this: void, where: Replication): void;
    readonly REPL_NONE: 0;
    readonly REPL_AOF: 1;
    readonly REPL_SLAVE: 2;
    readonly REPL_REPLICA: 2;
    readonly REPL_ALL: 3;
    /** Whether the present user may run this command. */
    acl_check_cmd<C extends CommandName>(this: void, command: C, ...args: Arg[]): boolean;
    /** `7.0.15` */
    readonly REDIS_VERSION: string;
    /** 0x00MMmmpp: 7.0.15 is 0x0007000f. */
    readonly REDIS_VERSION_NUM: number;
    /** Only while a library is loaded; the bundles of Shardfold call it. */
    register_function(this: void, definition: FunctionDefinition): void;
    register_function(this: void, name: string, callback: FunctionDefinition['callback']): void;
  }

  type LogLevel = 0 | 1 | 2 | 3;
  type Replication = 0 | 1 | 2 | 3;

  interface ValkeyServer extends Server {
    readonly SERVER_NAME: string;
    readonly SERVER_VERSION: string;
    readonly SERVER_VERSION_NUM: number;
  }
}

declare const redis: RedisLua.Server;
/** The same under Valkey's name. Redis does not have it. */
declare const server: RedisLua.ValkeyServer;

/** What a function sees inside a server: listed from Redis 7.0, the oldest that has functions. A test compares it with the server. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const REDIS = words(
  `call pcall log error_reply status_reply sha1hex setresp set_repl acl_check_cmd REDIS_VERSION REDIS_VERSION_NUM REPL_ALL REPL_AOF
  REPL_NONE REPL_REPLICA REPL_SLAVE LOG_DEBUG LOG_NOTICE LOG_VERBOSE LOG_WARNING`,
);

/** Globals with their fields; those without are functions, or may have any. */
export const GLOBALS: ReadonlyMap<string, ReadonlySet<string> | undefined> = new Map([
  ...[
    ...words(
      `_G _VERSION assert collectgarbage error gcinfo getmetatable ipairs load loadstring next pairs pcall rawequal rawget rawset select
      setmetatable tonumber tostring type unpack xpcall`,
    ),
  ].map((name): [string, undefined] => [name, undefined]),
  ['bit', words('arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex')],
  [
    'cjson',
    words(
      `_NAME _VERSION decode decode_invalid_numbers decode_max_depth encode encode_invalid_numbers encode_keep_buffer encode_max_depth
      encode_number_precision encode_sparse_array new null`,
    ),
  ],
  ['cmsgpack', words('_COPYRIGHT _DESCRIPTION _NAME _VERSION pack unpack unpack_limit unpack_one')],
  ['coroutine', words('create resume running status wrap yield')],
  [
    'math',
    words(
      `abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi pow rad random
      randomseed sin sinh sqrt tan tanh`,
    ),
  ],
  ['redis', REDIS],
  ['string', words('byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper')],
  ['struct', words('pack size unpack')],
  ['table', words('concat foreach foreachi getn insert maxn remove setn sort')],
]);

/** Valkey's name for `redis`; Redis has none of it. */
export const VALKEY_GLOBALS: ReadonlyMap<string, ReadonlySet<string>> = new Map([['server', REDIS]]);

/** What to write instead of what people look for. */
export const INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    KEYS: 'the keys are the first parameter of a function: function M.name(keys, args)',
    ARGV: 'the arguments are the second parameter of a function: function M.name(keys, args)',
    print: "redis.log(redis.LOG_NOTICE, …) writes into the server's log",
    os: "the time is redis.call('TIME')",
    io: 'functions touch no files',
    debug: 'functions have no debug library',
    dofile: 'require("module") takes modules of the library',
    loadfile: 'require("module") takes modules of the library',
    setfenv: 'functions have no environments of their own',
    getfenv: 'functions have no environments of their own',
    utf8: 'this is Lua 5.1, in which strings are bytes',
    goto: 'this is Lua 5.1',
    'table.unpack': 'in Lua 5.1 it is unpack',
    'table.pack': 'in Lua 5.1 it is { n = select("#", ...), ... }',
    'math.tointeger': 'in Lua 5.1 all numbers are floats; math.floor(x) == x tells whole ones',
    'redis.register_function': 'a block of ---@function above a function registers it',
    'redis.breakpoint': 'functions cannot be debugged by the server',
    'redis.debug': 'functions cannot be debugged by the server',
    'redis.replicate_commands': 'effects are always replicated: leave it out',
  }),
);

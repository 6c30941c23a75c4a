-- What a function sees inside a Redis or Valkey server: no io, os, debug, print, dofile. `os` (with only `clock`) is missing on
-- Redis 7.0, so it is missing here. Listed from a running Redis 7.0; the deprecated string.gfind, table.foreach etc. are left out.
local function all_of(...)
  local fields = {}
  for _, name in ipairs({ ... }) do
    fields[name] = {}
  end
  return { fields = fields }
end

local api = all_of(
  'call', 'pcall', 'log', 'error_reply', 'status_reply', 'sha1hex', 'setresp', 'set_repl', 'acl_check_cmd', 'register_function',
  'REDIS_VERSION', 'REDIS_VERSION_NUM', 'REPL_ALL', 'REPL_AOF', 'REPL_NONE', 'REPL_REPLICA', 'REPL_SLAVE',
  'LOG_DEBUG', 'LOG_NOTICE', 'LOG_VERBOSE', 'LOG_WARNING'
)

stds.redis_function = {
  read_globals = {
    redis = api,
    server = api, -- Valkey's name for the same table
    require = {}, -- resolved when the library is bundled
    _G = { other_fields = true },
    _VERSION = {},
    assert = {}, collectgarbage = {}, error = {}, getmetatable = {}, ipairs = {}, loadstring = {}, next = {}, pairs = {},
    pcall = {}, rawequal = {}, rawget = {}, rawset = {}, select = {}, setmetatable = {}, tonumber = {}, tostring = {},
    type = {}, unpack = {}, xpcall = {},
    bit = all_of('arshift', 'band', 'bnot', 'bor', 'bswap', 'bxor', 'lshift', 'rol', 'ror', 'rshift', 'tobit', 'tohex'),
    cjson = all_of('decode', 'encode', 'encode_keep_buffer', 'encode_max_depth', 'null'),
    cmsgpack = all_of('pack', 'unpack', 'unpack_limit', 'unpack_one'),
    coroutine = all_of('create', 'resume', 'running', 'status', 'wrap', 'yield'),
    math = all_of(
      'abs', 'acos', 'asin', 'atan', 'atan2', 'ceil', 'cos', 'cosh', 'deg', 'exp', 'floor', 'fmod', 'frexp', 'huge', 'ldexp',
      'log', 'log10', 'max', 'min', 'modf', 'pi', 'pow', 'rad', 'sin', 'sinh', 'sqrt', 'tan', 'tanh'
    ),
    string = all_of(
      'byte', 'char', 'find', 'format', 'gmatch', 'gsub', 'len', 'lower', 'match', 'rep', 'reverse', 'sub', 'upper'
    ),
    struct = all_of('pack', 'size', 'unpack'),
    table = all_of('concat', 'insert', 'maxn', 'remove', 'sort'),
  },
}

std = 'redis_function'
max_line_length = 100
unused_args = false -- every server function takes (keys, args)

-- Scripts sent by EVAL (of the release record, of keys, the benchmarks' kernels, and tests') see KEYS and ARGV besides.
files['scripts/**/*.lua'] = { read_globals = { 'KEYS', 'ARGV' } }
files['lua/releases/**/*.lua'] = { read_globals = { 'KEYS', 'ARGV' } }
-- What measures the length of calls stands before scripts of keys (src/codegen/clock.ts).
files['lua/keys/**/*.lua'] = { read_globals = { 'KEYS', 'ARGV', 'clock' } }
-- It alone may look for what is missing on 7.0.
files['lua/core/clock.lua'] = { read_globals = { 'os' } }
files['test/**/*.lua'] = { read_globals = { 'KEYS', 'ARGV' } }

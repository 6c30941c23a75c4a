/** Which of our Lua modules stands for what TypeScriptToLua's library brings. */

import js from '../../../../lua/functions/js.lua';
import array from '../../../../lua/functions/js-array.lua';
import each from '../../../../lua/functions/js-each.lua';
import error from '../../../../lua/functions/js-error.lua';
import functions from '../../../../lua/functions/js-functions.lua';
import map from '../../../../lua/functions/js-map.lua';
import numbers from '../../../../lua/functions/js-number.lua';
import strings from '../../../../lua/functions/js-string.lua';
import number from '../../../../lua/functions/number.lua';
import type { LuaModule } from '../../bundle.js';

/** What `shardfold/functions` is in the servers. */
export const FUNCTIONS_MODULE = 'shardfold.functions';
/** The name that TypeScriptToLua requires its library by. */
export const LUALIB = 'lualib_bundle';
const JS_MODULE = 'shardfold.js';
const NUMBER_MODULE = 'shardfold.js-number';
const STRING_MODULE = 'shardfold.js-string';

/** The locals that compiled modules keep our modules in, where they use them. */
export const LOCALS: ReadonlyMap<string, string> = new Map([
  ['____js', JS_MODULE],
  ['____numbers', NUMBER_MODULE],
  ['____strings', STRING_MODULE],
  ['____array', 'shardfold.js-array'],
  ['____each', 'shardfold.js-each'],
  ['____errors', 'shardfold.js-error'],
]);

const own = (file: string, text: string): LuaModule => ({ file: `shardfold/${file}.lua`, text });

/** By the names that they are required by. The bundler drops those that nothing requires. */
export const MODULES: ReadonlyMap<string, LuaModule> = new Map([
  [FUNCTIONS_MODULE, own('functions', functions)],
  [JS_MODULE, own('js', js)],
  ['shardfold.js-array', own('js-array', array)],
  ['shardfold.js-each', own('js-each', each)],
  ['shardfold.js-error', own('js-error', error)],
  ['shardfold.js-map', own('js-map', map)],
  [NUMBER_MODULE, own('js-number', numbers)],
  [STRING_MODULE, own('js-string', strings)],
  ['shardfold.number', own('number', number)],
]);

const JS = 'Delete delete, ObjectKeys keys, TypeOf type_of';
const NUMBER = `NumberIsFinite is_finite, NumberIsInteger is_integer, NumberIsNaN is_nan, Number number, MathSign sign,
  MathTrunc trunc`;
const STRING = `ArrayJoin join, NumberToString text, StringEndsWith ends_with, StringIncludes includes, StringReplace replace,
  StringReplaceAll replace_all, StringSplit split, StringStartsWith starts_with, StringTrim trim, StringTrimEnd trim_end,
  StringTrimStart trim_start`;
const ARRAY = `ArrayAt at, ArrayConcat concat, ArrayEntries entries, ArrayFill fill, ArrayIncludes includes, ArrayIndexOf index_of,
  ArrayPush push, ArrayPushArray push_array, ArrayReverse reverse, ArraySlice slice, ArraySplice splice,
  ArrayToReversed to_reversed, ArrayToSpliced to_spliced, ArrayUnshift unshift, ArrayWith with, Iterator iterate, Spread spread, SparseArraySpread spread_sparse`;
const EACH = `ArrayEvery every, ArrayFilter filter, ArrayFind find, ArrayFindIndex find_index, ArrayFlat flat, ArrayFlatMap flat_map,
  ArrayForEach for_each, ArrayFrom from, ArrayMap map, ArrayReduce reduce, ArrayReduceRight reduce_right, ArraySome some,
  ArraySort sort, ArrayToSorted to_sorted`;

const inModule = (module: string, names: string): [string, { module: string; field: string }][] =>
  names.split(',').map((pair) => {
    const [feature, field] = pair.trim().split(' ') as [string, string];
    return [`__TS__${feature}`, { module, field }];
  });

/** Names that compiled modules take from TypeScriptToLua's library → ours. */
export const REPLACED: ReadonlyMap<string, { readonly module: string; readonly field: string }> = new Map([
  ...inModule(JS_MODULE, JS),
  ...inModule(NUMBER_MODULE, NUMBER),
  ...inModule(STRING_MODULE, STRING),
  ...inModule('shardfold.js-array', ARRAY),
  ...inModule('shardfold.js-each', EACH),
  ['__TS__InstanceOf', { module: 'shardfold.js-error', field: 'instance_of' }],
  ...['Error', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'].map(
    (name): [string, { module: string; field: string }] => [name, { module: 'shardfold.js-error', field: name }],
  ),
  ['Map', { module: 'shardfold.js-map', field: 'Map' }],
  ['Set', { module: 'shardfold.js-map', field: 'Set' }],
]);

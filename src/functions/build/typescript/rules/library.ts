/**
 * What of JavaScript's own library means the same in Lua, or is made to. Everything else that the default libraries declare is
 * refused, so that nothing is let through that nobody thought of.
 *
 * Approximate: exp, log, log10, pow, sin, cos, tan, asin, acos, atan and atan2 are those of the server's C library, whose last
 * bits differ from those of JavaScript's (and so do those of `**`).
 */

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Names in scope. `undefined`, NaN and Infinity are constants. */
export const GLOBALS =
  set(`undefined NaN Infinity Math Number String Object Array Map Set Error RangeError ReferenceError
  SyntaxError TypeError URIError isNaN isFinite`);

/** Members by the interface that declares them; what TypeScriptToLua does not know of them it refuses itself. */
const ARRAY = `length push pop shift unshift concat slice splice reverse indexOf lastIndexOf includes find findIndex findLast findLastIndex filter map forEach some
  every reduce reduceRight join sort fill flat flatMap at entries toReversed toSorted toSpliced with`;
const MAP = 'get has forEach size entries keys values';

export const MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  Array: set(ARRAY),
  ReadonlyArray: set(ARRAY),
  ConcatArray: set(''),
  String: set('startsWith endsWith includes split concat repeat trim trimStart trimEnd replace replaceAll toString'),
  Number: set('toString'),
  // Of booleans; of what else it is called the rules of text refuse.
  Object: set('toString'),
  Map: set(`${MAP} set delete clear`),
  ReadonlyMap: set(MAP),
  Set: set(`${MAP} add delete clear`),
  ReadonlySet: set(MAP),
  Error: set('message name'),
  Math: set(`abs ceil floor max min round sign sqrt trunc exp log log10 pow sin cos tan asin acos atan atan2 PI E LN10 LN2 LOG10E
    LOG2E SQRT1_2 SQRT2`),
  NumberConstructor: set(`isInteger isNaN isFinite EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER MAX_VALUE MIN_VALUE NaN
    POSITIVE_INFINITY NEGATIVE_INFINITY`),
  ArrayConstructor: set('from'),
  ObjectConstructor: set('keys'),
};

/** The most arguments that mean the same: a further one counts in UTF-16 units, or is `this`. */
export const MOST_ARGUMENTS: Readonly<Record<string, number>> = {
  'String.startsWith': 1,
  'String.endsWith': 1,
  'String.includes': 1,
  'String.split': 1,
  'Number.toString': 0,
  'Error.new': 1,
  ...Object.fromEntries(
    [
      'find',
      'findIndex',
      'findLast',
      'findLastIndex',
      'lastIndexOf',
      'filter',
      'map',
      'forEach',
      'some',
      'every',
      'flatMap',
    ].map((name) => [`Array.${name}`, 1]),
  ),
  'Array.flat': 0,
  'Map.forEach': 1,
  'Set.forEach': 1,
  'ArrayConstructor.from': 2,
};

/** What to write instead, by the member or name. */
export const HINTS: Readonly<Record<string, string>> = {
  'String.length': 'bytes.length(text) counts bytes',
  'String.charAt': 'bytes.slice(text, at, at + 1)',
  'String.charCodeAt': 'bytes.at(text, position)',
  'String.codePointAt': 'bytes.at(text, position)',
  'String.at': 'bytes.at(text, position)',
  'String.slice': 'bytes.slice(text, from, to)',
  'String.substring': 'bytes.slice(text, from, to)',
  'String.substr': 'bytes.slice(text, from, to)',
  'String.indexOf': 'text.includes(part), or text.split(part)',
  'String.lastIndexOf': 'text.includes(part), or text.split(part)',
  'String.localeCompare': 'bytes.compare(a, b)',
  'String.toLowerCase': 'change case where the function is called',
  'String.toUpperCase': 'change case where the function is called',
  'String.match': 'text.split(part), text.includes(part)',
  'String.matchAll': 'text.split(part), text.includes(part)',
  'String.search': 'text.includes(part)',
  'String.padStart': "'0'.repeat(width - bytes.length(text)) + text",
  'String.padEnd': "text + ' '.repeat(width - bytes.length(text))",
  'Number.toFixed': 'round by Math.round(x * 100) / 100',
  'Number.toPrecision': 'pass the number, and format it where the function is called',
  'NumberConstructor.parseFloat': 'Number(text)',
  'NumberConstructor.parseInt': 'Number(text), and Math.trunc',
  'Math.random': 'pass a random number as an argument',
  'Math.log2': 'Math.log(x) / Math.LN2',
  'Math.hypot': 'Math.sqrt(x * x + y * y)',
  'ObjectConstructor.values': 'the order of fields is lost in Lua: Object.keys(map).sort(bytes.compare)',
  'ObjectConstructor.entries': 'the order of fields is lost in Lua: Object.keys(map).sort(bytes.compare)',
  'ObjectConstructor.fromEntries': 'assign them in a loop: map[key] = value',
  'ObjectConstructor.hasOwn': 'compare: map[key] !== undefined',
  'Object.hasOwnProperty': 'compare: map[key] !== undefined',
  'ObjectConstructor.is': 'a === b, and Number.isNaN(x)',
  'ObjectConstructor.freeze': 'say so in its type: Readonly<T>, as const',
  'ObjectConstructor.assign': '{ ...a, ...b } makes a new object',
  'ArrayConstructor.of': 'write [a, b]',
  'Array.keys': 'for (const [position] of list.entries())',
  'Array.values': 'iterate the array itself',
  'Array.toString': 'list.join()',
  'Array.copyWithin': 'list.splice(…) and list.slice(…)',
  'Iterator.next': 'for (const key of map.keys()) takes them one by one, and break ends it',
  'MapIterator.next': 'for (const key of map.keys()) takes them one by one, and break ends it',
  'SetIterator.next': 'for (const one of set) takes them one by one, and break ends it',
  'IteratorReturnResult.value': 'for (const key of map.keys()) takes them one by one, and break ends it',
  'IteratorReturnResult.done': 'for (const key of map.keys()) takes them one by one, and break ends it',
  'CallableFunction.bind': 'write a function that calls it: (a) => f(1, a)',
  'CallableFunction.call': 'call it: f(a, b), object.method(a, b)',
  'CallableFunction.apply': 'call it: f(...list)',
  'Function.length': 'give the number to those who need it',
  'Function.name': 'write the name as a string',
  'StringConstructor.fromCharCode': 'write the character itself, or take it from a list',
  'StringConstructor.fromCodePoint': 'write the character itself, or take it from a list',
  'String.normalize': 'normalize where the function is called',
  'Math.cbrt': 'Math.sign(x) * Math.abs(x) ** (1 / 3)',
  'Math.fround': 'numbers are doubles: leave it out',
  'Math.imul': 'bit.* of the server works on 32 bits',
  'Math.clz32': 'bit.* of the server works on 32 bits',
  'Math.expm1': 'Math.exp(x) - 1',
  'Math.log1p': 'Math.log(1 + x)',
  'Math.sinh': '(Math.exp(x) - Math.exp(-x)) / 2',
  'Math.cosh': '(Math.exp(x) + Math.exp(-x)) / 2',
  'Math.tanh': '1 - 2 / (Math.exp(2 * x) + 1)',
  'ArrayConstructor.isArray': 'an empty table may be an array or an object: use a field that tells kinds apart',
  'Error.stack': 'error.message; the server tells the line',
  'Error.cause': 'put what matters into the message',
  Date: "redis.call('TIME') of the server, or pass the time as an argument",
  JSON: 'cjson of the server (numbers keep 14 digits), or arguments of the types of t.*',
  RegExp: 'text.startsWith, endsWith, includes, split',
  console: "redis.log(redis.LOG_NOTICE, text) writes into the server's log",
  crypto: 'redis.sha1hex(text), or pass it as an argument',
  process: 'pass it as an argument',
  require: "import { name } from './module'",
  setTimeout: 'nothing waits in a server',
  setInterval: 'nothing waits in a server',
  queueMicrotask: 'nothing waits in a server',
  fetch: 'pass what you need as an argument',
  structuredClone: 'copy it by hand: { ...object }, [...list]',
  performance: "redis.call('TIME') of the server",
  TextEncoder: 'bytes.fromText(text)',
  TextDecoder: 'bytes.toText(value)',
  WeakMap: 'a Map',
  WeakSet: 'a Set',
  Proxy: 'a class',
  Reflect: 'name the field',
  Intl: 'format it where the function is called',
  encodeURIComponent: 'encode it where the function is called',
  decodeURIComponent: 'decode it where the function is called',
  parseInt: 'Number(text), and Math.trunc',
  parseFloat: 'Number(text)',
  Promise: 'nothing waits in a server: call redis.call',
  BigInt: 'numbers are exact up to 2^53',
  Boolean: 'compare: value !== 0',
  Symbol: 'use strings',
  Buffer: 'bytes.* of shardfold/functions',
  Uint8Array: 'bytes.* of shardfold/functions',
};

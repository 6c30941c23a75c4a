class Own {
  a = 1;
}

export function members(s: string, n: number, list: number[], own: Own, any: any): unknown[] {
  const { length } = list; //! length of Array cannot be taken out by a pattern
  return [
    s.length, //! string.length means something else
    s.slice(1), //! string.slice means something else
    s.indexOf('a'), //! string.indexOf means something else
    s.toLowerCase(), //! string.toLowerCase means something else
    s.localeCompare('b'), //! string.localeCompare means something else
    s.charCodeAt(0), //! string.charCodeAt means something else
    s.padStart(3), //! string.padStart means something else
    s.startsWith('a', 1), //! string.startsWith takes at most 1 argument here
    s['length'], //! by its name
    n.toFixed(2), //! number.toFixed means something else
    n.toPrecision(2), //! number.toPrecision means something else
    n.toString(16), //! number.toString takes at most 0 arguments here
    list.lastIndexOf(1, 2), //! array.lastIndexOf takes at most 1 argument here
    list.values(), //! array.values means something else
    Object.fromEntries([]), //! Object.fromEntries means something else
    Object.hasOwn(own, 'a'), //! Object.hasOwn means something else
    new Map([[1, 2]]).keys().next(), //! iterator.next means something else
    Math.cbrt(n), //! Math.cbrt means something else
    list.filter(Boolean), //! Boolean is not there
    list.findLast((x) => x > 1),
    list.keys(), //! array.keys means something else
    list.copyWithin(0, 1), //! array.copyWithin means something else
    list.map((x) => x, own), //! array.map takes at most 1 argument here
    list.map, //! array.map cannot be used as a value
    list.map(Math.floor), //! Math.floor cannot be used as a value
    list.map(Number), //! Number cannot be used as a value
    Math.random(), //! Math.random means something else
    Math.hypot(1, 2), //! Math.hypot means something else
    Math.fround(n), //! Math.fround means something else
    Math.log2(n), //! Math.log2 means something else
    Number.parseInt(s), //! Number.parseInt means something else
    Object.values(own), //! Object.values means something else
    Object.entries(own), //! Object.entries means something else
    Object.assign({}, own), //! Object.assign means something else
    Object.is(n, n), //! Object.is means something else
    Array.isArray(list), //! Array.isArray means something else
    Array.of(1), //! Array.of means something else
    String.fromCharCode(64), //! String.fromCharCode means something else
    parseInt(s), //! parseInt is not there
    parseFloat(s), //! parseFloat is not there
    new Date(), //! Date is not there
    JSON.stringify(n), //! JSON is not there
    new RegExp(s), //! RegExp is not there
    BigInt(n), //! BigInt is not there
    Boolean(n), //! Boolean is not there
    Symbol.iterator, //! Symbol is not there
    new WeakMap(), //! WeakMap is not there
    Reflect.ownKeys(own), //! Reflect is not there
    encodeURIComponent(s), //! encodeURIComponent is not there
    globalThis, //! globalThis is not there
    new Uint8Array(), //! Uint8Array is not there
    own.constructor, //! constructor is another thing
    own.hasOwnProperty('a'), //! object.hasOwnProperty means something else
    members.length, //! function.length means something else
    members.call(null, s, n, list, own, any), //! call means something else
    any.field, //! what any is must be known here
    any(), //! what is called must be known here
    new Error('a').stack, //! error.stack means something else
    own.a,
    length,
  ];
}

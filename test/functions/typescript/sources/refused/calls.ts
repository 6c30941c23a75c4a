import { type Bytes, bytes } from 'shardfold/functions';

export function calls(
  s: string,
  u: number | undefined,
  list: number[],
  mixed: (number | number[])[],
  raws: Bytes[],
  raw: Bytes,
  map: Record<string, number>,
  record: { a: number; b?: number },
  counted: ArrayLike<number>,
): unknown[] {
  return [
    s.split(/,/), //! split takes a string here //! Lua has no regular expressions
    s.split(''), //! an empty string is found between UTF-16 units
    s.replace(/a/, 'b'), //! replace takes two strings here //! Lua has no regular expressions
    s.replace('a', (found) => found), //! replace takes two strings here
    s.replaceAll('', 'a'), //! an empty string is found between UTF-16 units
    s.split(s),
    s.replace(s, s),
    s.replaceAll('a', '$&'),
    Array.from({ length: 2 }), //! elements of an array may not be undefined
    Array.from(counted, (one) => one), //! cannot be iterated in Lua
    Array.from({ length: 2 }, () => 0),
    (u === undefined ? undefined : list)?.findLast((x) => x > 1) ?? 0, //! findLast is not compiled in an optional chain
    Object.keys(map).length,
    Number(u), //! u may be undefined here
    isNaN(s as unknown as number),
    new Array<number>(3), //! new Array makes holes
    Array<number>(3), //! Array is not called
    Error('a'), //! Error is not called
    new Error('a', { cause: 1 }), //! an Error has a message only
    new Number(1), //! new Number makes an object
    new Map<string | null, number>(), //! its keys may be null
    new Set<Bytes>(), //! its keys may be bytes
    new Set(s), //! a string is iterated by code points
    list.sort(), //! sort without a comparison
    list.toSorted(), //! toSorted without a comparison
    list.concat(1), //! concat takes arrays here
    mixed.flat(), //! flat is of arrays of arrays here
    list.flatMap((x) => x), //! flatMap is of arrays of arrays here
    raws.includes(raw), //! bytes are compared as objects
    raws.indexOf(raw), //! bytes are compared as objects
    Array.from(s), //! a string is iterated by code points
    Object.keys(map), //! the order of fields is lost
    Object.keys(map).sort(), //! the order of fields is lost //! sort without a comparison
    Object.keys(record).sort(bytes.compare), //! fields that are null or undefined do not exist
    Math.max(1, ...list), //! a spread stands alone here
    (u === undefined ? undefined : list)?.push(1) ?? 0, //! the length that push returns
    Object.keys(map).sort(bytes.compare),
    Math.max(...list),
    new Set<string>(['a']),
    list.concat([1]),
  ];
}

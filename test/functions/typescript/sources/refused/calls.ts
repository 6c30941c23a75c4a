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
): unknown[] {
  return [
    s.split(s), //! what a string is split at
    s.split(''), //! what a string is split at
    s.replace(s, 'b'), //! what is replaced must be
    s.replace('a', s), //! what takes its place must be
    s.replaceAll('a', '$&'), //! what takes its place must be
    s.replaceAll('', 'a'), //! what is replaced must be
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
    Array.from(s), //! an array is made of
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

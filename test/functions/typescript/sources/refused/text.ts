import type { Bytes } from 'shardfold/functions';

export function text(
  n: number | null,
  m: number | undefined,
  raw: Bytes,
  list: number[],
  object: { a: number },
  u: unknown,
  yes: boolean,
): string {
  const parts = [
    `${n}`, //! n may be null here
    `${m}`, //! m may be undefined here
    `${raw}`, //! raw may be bytes here
    `${list}`, //! list may be an array here
    `${object}`, //! object may be an object here
    `${u}`, //! u may be anything or null or undefined here
    'a' + n, //! n may be null here
    'a' + object, //! object may be an object here
    String(m), //! m may be undefined here
    object.toString(), //! object may be an object here
    [object].join(), //! elements may be an object
    [[1]].join(), //! elements may be an array
    `${yes}${1}${'a'}${n ?? 0}`,
    'a' + yes + 1,
    [yes, 1, 'a'].join(),
  ];
  let whole = 'a';
  whole += n; //! n may be null here
  const sum = (u as any) + 1; //! + is to join a string or to add numbers
  return parts.join() + whole + String(sum === 1);
}

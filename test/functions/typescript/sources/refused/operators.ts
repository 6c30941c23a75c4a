import { type Bytes, bytes } from 'shardfold/functions';

class Own {}

export function operators(
  n: number,
  s: string,
  any: any,
  raw: Bytes,
  nullable: number | null,
  object: { a?: number },
): number {
  const t = ~n; //! Lua 5.1 has no operator ~
  let x = n & 1; //! no operator &
  x |= 2; //! no operator |
  x = x ^ n; //! no operator ^
  x = x << 1; //! no operator <<
  x = x >> 1; //! no operator >>
  x >>>= 1; //! no operator >>>
  x = any - 1; //! any may be anything
  x = any * any; //! any may be anything
  x = any % 2; //! any may be anything
  x = -any; //! any may be anything
  x = +s; //! this + converts
  any++; //! any may be anything
  if (s < 'b') x = 1; //! JavaScript orders strings by UTF-16
  if (s >= 'b') x = 1; //! JavaScript orders strings by UTF-16
  if (any > 1) x = 1; //! any may be anything
  if ('a' in object) x = 1; //! does not exist in Lua
  if (s in object) x = 1; //! does not exist in Lua
  if ('toString' in object) x = 1; //! does not exist in Lua
  const either = { a: 1 } as { a: number } | { b: string };
  if ('b' in either) x = 2;
  const kind = typeof nullable; //! typeof is another in Lua for null
  const other = typeof raw; //! typeof is another in Lua for bytes
  const third = typeof Own; //! typeof is another in Lua for a class
  const own = new Own();
  if (own instanceof Object) x = 1; //! nothing is an instance of Object
  if (own instanceof Array) x = 1; //! nothing is an instance of Array
  if (own instanceof Own && kind === 'number' && other === third && own instanceof Map) x = 2;
  return bytes.compare(s, 'b') < 0 ? x + t : typeof n === 'number' && typeof object.a === 'undefined' ? 1 : -x;
}

interface Countdown extends Iterable<number> {
  readonly from: number;
}

export function iteration(
  s: string,
  map: Map<string, number>,
  object: Record<string, number>,
  own: Countdown,
  list: number[],
): void {
  for (const char of s) void char; //! a string is iterated by code points
  const chars = [...s]; //! a string is iterated by code points
  const [first] = s; //! a pattern of positions takes an array
  const [entry] = map; //! a pattern of positions takes an array
  for (const key in object) void key; //! the order of fields is lost in Lua
  for (const one of own) void one; //! cannot be iterated in Lua
  let x: number | undefined = 1;
  [x] = new Set(list); //! a pattern of positions takes an array
  for (const [key, value] of map) void [key, value];
  for (const one of [...map.values(), ...list, ...new Set(list), ...list.entries()]) void one;
  void [chars, first, entry, x]; //! elements of an array may not be undefined
}

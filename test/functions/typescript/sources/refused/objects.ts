export function objects(
  n: number,
  base: { a: number; b: number | null },
  more: { a?: number },
  list: number[],
  sure: { b: number },
): unknown[] {
  const pick = ({ a = 1 }: { a: number | null }) => a; //! the default takes the place of null
  const take = (value: number | null = 1) => value; //! the default takes the place of null
  const nested = ({ a: { b = 1 } = {} }: { a?: { b?: number } }) => b; //! a default of a pattern within a pattern
  let b: number | undefined;
  const taken: { a?: { b: number } } = {};
  ({
    a: { b } = { b: 1 }, //! a default of a pattern within a pattern
  } = taken);
  void [nested({}), b ?? 0];
  return [
    { 1: 'a' }, //! in Lua 1 and "1" are names of different fields
    { [n]: 'a' }, //! in Lua 1 and "1" are names of different fields
    {
      get a() {
        //! Lua tables have no accessors
        return 1;
      },
    },
    { ...list }, //! in an object makes fields of its positions
    { ...sure, ...base }, //! its field b may be null or undefined
    { ...base, b: null }, //! a field that is null or undefined overwrites nothing
    { ...base, b: undefined }, //! a field that is null or undefined overwrites nothing
    { a: 1, ...more, ...sure },
    { ...new Map<string, number>() }, //! a Map has no fields
    { ...base, a: 2 },
    { x: 1, ...base, y: null },
    pick({ a: 1 }) ?? 1,
    take(1) ?? 1,
    { '1': 'a', [`${n}`]: 'b' },
  ];
}

interface Row {
  cells: number[];
}

interface Sparse {
  cells: (number | null)[];
}

class Stack<T> {
  readonly items: T[] = [];
}

class Bag<T> {
  readonly items = new Set<T>();
}

export function arrays(
  list: number[],
  n: number | null,
  any: any,
  s: string,
  byNumber: Record<number, string>,
  either: number[] | Record<string, number>,
  rows: Row[],
  next: () => number[],
  sparse: Sparse,
): unknown {
  const a = [n]; //! elements of an array may not be null //! elements of an array may not be null
  const b = list.map(() => undefined); //! elements of an array may not be undefined //! elements of an array may not be undefined
  const c = list.map((x) => (x > 0 ? x : null)); //! elements of an array may not be null //! elements of an array may not be null
  const d: (string | undefined)[] = []; //! elements of an array may not be undefined
  const e = [1, , 2]; //! a hole in an array ends it in Lua //! elements of an array may not be undefined //! elements of an array may not be undefined
  const f: [number, string?] = [1]; //! elements of an array may not be undefined
  delete list[0]; //! deleting an element leaves a hole
  list.length = 0; //! the length of a Lua table cannot be set
  list[3] ??= 4; //! beyond the end of an array this would leave a hole
  next()[0] = 1; //! the array is looked at twice
  s[0]; //! positions in a string
  byNumber[1]; //! in Lua 1 and "1" are names of different fields
  any[0]; //! what any is must be known here
  either[0 as never]; //! this may be an array or something else
  sparse.cells.push(null); //! elements of an array may not be null
  const { cells } = sparse; //! elements of an array may not be null
  list.push(n!, ...[1]);
  const loose = list as unknown[];
  loose.push(1, null); //! elements of an array may not be null
  loose.unshift(undefined); //! elements of an array may not be undefined
  loose.fill(null); //! elements of an array may not be null
  loose.splice(0, 1, n); //! elements of an array may not be null
  new Stack<number | null>(); //! its field items would hold elements that may be null
  new Bag<string | undefined>(); //! its field items would hold elements that may be undefined
  new Stack<number>();
  new Map<string, number | null>().set('a', null);
  list[0] = 1;
  rows[0]!.cells[1] = 2;
  return [a.length, b.length, c.length, d.length, e.length, f.length, cells.length];
}

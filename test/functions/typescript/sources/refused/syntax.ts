import type { Help } from 'commander';
import { Command } from 'commander'; //! commander is not compiled
import { countTo } from '../same/shapes.js'; //! ../same/shapes.js is not compiled

export async function waits(): Promise<number> {
  //! nothing waits in a server
  return await 1; //! nothing waits in a server
}

export function* generates(): Generator<number> {
  //! generators are not compiled
  yield 1; //! generators are not compiled
}

export class Hidden {
  #secret = 1; //! names with # are not compiled
  static {
    //! static blocks are not compiled
    countTo(1);
  }
  reveal(): number {
    return this.#secret; //! names with # are not compiled
  }
}

export class List extends Array<number> {} //! Array<number> cannot be extended

namespace Inner {
  //! namespaces are not compiled
  export const a = 1;
}

export default 1; //! a default export has no name

export function syntax(n: number, list: number[], caught: unknown): unknown {
  var old = 1; //! var is not compiled
  const big = 10n; //! Lua 5.1 has no bigint
  const pattern = /a/; //! Lua has no regular expressions
  const half = '\ud800'; //! half of a surrogate pair
  const pieces = `\ud800${n}`; //! half of a surrogate pair
  old += ((____js: number) => n)(1); //! names that begin with four underscores
  debugger; //! functions cannot be debugged
  outer: for (;;) break outer; //! labels are not compiled
  const kept: (() => number)[] = [];
  for (let i = 0; i < 3; i++) kept.push(() => i); //! the function keeps i
  for (let i = 0; i < 3; i++) {
    const at = i;
    kept.push(() => at);
  }
  for (const x of list) {
    switch (x) {
      case 1:
        continue; //! continue in a switch is not compiled right
      case 2:
        break;
    }
    try {
      if (x === 3) continue; //! continue cannot leave a try
      if (x === 4) break; //! break cannot leave a try
      for (const y of list) if (y === 1) break;
    } catch (error) {
      throw error;
    }
  }
  if (n === 1) throw 'text'; //! only errors are thrown
  if (n === 2) throw { code: 1 }; //! only errors are thrown
  if (n === 3) throw caught; //! only errors are thrown
  if (n === 4) throw new Error('fine');
  return [old, big, pattern, half, pieces, Inner.a, Command, {} as Help, import.meta]; //! import.meta and new.target
}

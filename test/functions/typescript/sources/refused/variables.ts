/** Copies of variables, and fields that are ours. */

export let counter = 0; //! who imports a variable has a copy of it
let hidden = 1;
const fixed = 2;

export { fixed, hidden as shown }; //! who imports a variable has a copy of it

export class Failed extends Error {
  err = 'mine'; //! the field err of an error
}

export class Refused extends Error {
  constructor(readonly err: string) {
    //! the field err of an error
    super(err);
  }
}

export class Plain {
  err = 'fine';
}

export class Other extends Plain {
  override err = 'fine, too';
}

export function count(): number {
  hidden += 1;
  counter += 1;
  let n = 1;
  n += n++; //! n is read before the right side assigns it
  n -= n = 5; //! n is read before the right side assigns it
  n = n++ + ++n;
  n += hidden;
  return n;
}

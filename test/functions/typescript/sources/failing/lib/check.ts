/** The error is thrown in another module, within a closure. */
export function check(list: number[]): void {
  list.forEach((x) => {
    if (x > 0) throw new RangeError(`TOOMUCH ${x}`);
  });
}

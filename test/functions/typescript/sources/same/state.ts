/** State and functions of another module. */

let value = 0;

export const counter = {
  get: () => value,
  value: 0,
  add(step = 1): void {
    value += step;
    this.value = value;
  },
  reset: () => {
    value = 0;
    counter.value = 0;
  },
};

export enum Size {
  Small = 'small',
  Large = 'large',
}

export function raise(x: number, most: number): void {
  if (x > most) throw new RangeError(`${x} is more`);
  if (x < 0) throw new TypeError('negative');
}

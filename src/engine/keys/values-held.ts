/** Large values on their way here: so many bytes of them at a time, in all. */

/** One value at most; and all that a walk holds at a time. */
export const MOST_VALUE_BYTES = 2 ** 26;

export class ValuesHeld {
  #bytes = 0;

  /** One may always be read, however large it is. */
  hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= MOST_VALUE_BYTES;
  }

  /** @param bytes more; less where it is negative */
  change(bytes: number): void {
    this.#bytes += bytes;
  }
}

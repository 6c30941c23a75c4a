/** Hands what is made by pushes to whoever pulls: makers wait while a few pieces lie unread. */

/** Pieces that may lie unread. */
const ROOM = 4;

export class Channel<T> {
  readonly #pieces: T[] = [];
  #wakeReader: (() => void) | undefined;
  #wakeMakers: (() => void)[] = [];
  #ended = false;

  /** Resolves when the maker may go on. */
  async push(piece: T): Promise<void> {
    this.#pieces.push(piece);
    this.#wakeReader?.();
    if (this.#pieces.length <= ROOM || this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#wakeMakers.push(resolve);
    });
  }

  /** No more pieces come, or nobody reads them any more: nobody waits. */
  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
    this.#release();
  }

  async *pieces(): AsyncGenerator<T, void> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#release();
        yield piece;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }

  #release(): void {
    const waiting = this.#wakeMakers;
    this.#wakeMakers = [];
    for (const wake of waiting) wake();
  }
}

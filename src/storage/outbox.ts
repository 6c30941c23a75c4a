/** What is on its way to the servers: bounded, so that a fast source does not fill the memory; the first failure ends it. */

/** So many bytes at once (or one item that is larger), and so many items. */
const BYTES_IN_FLIGHT = 8 * 1024 * 1024;
const ITEMS_IN_FLIGHT = 16;

export class Outbox {
  readonly #inFlight = new Set<Promise<void>>();
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;

  /** Starts to send as soon as there is room; does not wait for the end. @throws what an item before it failed with */
  async send(bytes: number, start: () => Promise<void>): Promise<void> {
    while (this.#isFull(bytes)) await Promise.race(this.#inFlight);
    this.#throwFailure();
    this.#bytes += bytes;
    const sending = start()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        this.#bytes -= bytes;
        this.#inFlight.delete(sending);
      });
    this.#inFlight.add(sending);
  }

  /** Waits until nothing is under way, however it ended. */
  async drain(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  /** Waits until all has arrived. @throws what the first item failed with */
  async settle(): Promise<void> {
    await this.drain();
    this.#throwFailure();
  }

  #isFull(bytes: number): boolean {
    const items = this.#inFlight.size;
    return items >= ITEMS_IN_FLIGHT || (items > 0 && this.#bytes + bytes > BYTES_IN_FLIGHT);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

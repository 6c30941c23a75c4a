/** How many calls keep a shard busy. */

/** From this share of a call's time on, the way there and back would leave the shard idle for long. */
const AWAY_SHARE = 0.5;
/** Calls, one after another, from which that is judged. */
const FIRST_ALONE = 3;

export class RoundTrips {
  #alone = 0;
  #leastAway = Number.POSITIVE_INFINITY;

  /**
   * Calls that keep the shard busy: one where the next call is there soon after a reply, more where it would wait for long.
   * A call that stands in the queue without need only makes others wait (measured on one machine: the p99.9 of a GET 6 ms instead of 11).
   */
  inFlight(most: number): number {
    return this.#alone > FIRST_ALONE && this.#leastAway > AWAY_SHARE ? most : 1;
  }

  /** @param awayShare what a call took beyond its time in the shard, as a share of that, while it was the only one */
  noted(awayShare: number): void {
    this.#alone += 1;
    // The first call may have brought the kernel along; of the others the quickest tells how far the shard is.
    if (this.#alone > 1) this.#leastAway = Math.min(this.#leastAway, awayShare);
  }
}

/** How long something waits before it is tried again. */

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/** Milliseconds: longer each time, and by chance, so that those who wait for the same do not come back together. */
export function pauseAfter(tries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
}

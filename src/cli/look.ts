/** One look at something that changes: printed once, or again and again by --watch. */

/** For CI: somebody has to deploy. */
export const EXIT_DRIFT = 2;

export interface Look {
  /** What --json prints. */
  readonly json: object;
  /** What is printed on stdout: a table. */
  readonly text: string;
  /** What is said beside it, in one line; empty where all is well. */
  readonly verdict: string;
  /** All of it in one line, for a log of changes. */
  readonly line: string;
  readonly exitCode: number;
}

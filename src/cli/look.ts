/** One look at something that changes: printed once, or again and again by --watch. */

/** For CI: somebody has to deploy. */
export const EXIT_DRIFT = 2;

/** Why a node could not be asked takes a line of its own: below the table, for it may be long. */
export const NOT_ASKED = 'cannot be asked, see below';

/** What to do about nodes that could not be asked; nothing where there are none. */
export function notAsked(
  nodes: readonly { readonly address: string; readonly asked: boolean; readonly problem?: string | undefined }[],
): string[] {
  const silent = nodes.filter(({ asked }) => !asked);
  return silent.map(({ address, problem = 'no answer' }) => {
    const hint = /\bBUSY\b/.test(problem) ? ` FUNCTION KILL (or SCRIPT KILL) on ${address} ends what hangs there.` : '';
    return `${address}: ${problem}${hint}`;
  });
}

export interface Look {
  /** What --json prints. */
  readonly json: object;
  /** What is printed on stdout: a table. */
  readonly text: string;
  /** What is said beside it, a line or more; empty where all is well. */
  readonly verdict: string;
  /** All of it in one line, for a log of changes. */
  readonly line: string;
  readonly exitCode: number;
}

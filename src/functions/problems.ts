/** What is wrong with sources: all of it is told at once, each with its place. */
import { ShardfoldError } from '../errors.js';

export interface Problem {
  /** As it is shown to people, from the folder of the configuration on. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly problem: string;
  /** What mends it. */
  readonly hint?: string;
}

/** BUILD_FAILED with the problems behind it, for whoever collects those of several parts of a build. */
export class BuildError extends ShardfoldError {
  readonly problems: readonly Problem[];

  /** @param problems At least one. */
  constructor(problems: readonly Problem[]) {
    const sorted = inOrder(problems);
    const [first] = sorted;
    const single = sorted.length === 1 && first !== undefined;
    const message = single
      ? `${placeOf(first)}: ${first.problem}`
      : `${sorted.length} problems\n  ${shownOf(sorted).join('\n  ')}`;
    super('BUILD_FAILED', message, single && first.hint !== undefined ? { hint: first.hint } : {});
    this.problems = sorted;
  }
}

/** @throws BuildError where there is a problem */
export function refuseAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new BuildError(problems);
}

/** So many are shown: who has more looks at the first. */
const MOST_SHOWN = 50;

function shownOf(problems: readonly Problem[]): string[] {
  const more = problems.length - MOST_SHOWN;
  return [...problems.slice(0, MOST_SHOWN).map(showProblem), ...(more > 0 ? [`… and ${more} more`] : [])];
}

const placeOf = ({ file, line, column }: Problem): string =>
  column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;

const showProblem = (one: Problem): string =>
  `${placeOf(one)}: ${one.problem}${one.hint === undefined ? '' : `\n      ${one.hint}`}`;

/** By place, and each once: a module of two libraries is looked at twice. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const each = new Map(problems.map((one) => [`${placeOf(one)}: ${one.problem}`, one]));
  const files = [...new Set(problems.map(({ file }) => file))];
  return [...each.values()].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || (a.column ?? 0) - (b.column ?? 0),
  );
}

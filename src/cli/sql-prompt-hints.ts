import { ShardfoldError } from '../errors.js';

/** Hints name commands of the shell where the prompt has its own. */
const AT_PROMPT: readonly (readonly [RegExp, string])[] = [
  [/^shardfold tables, or tables\(\) in a program, lists them all$/, '\\d lists them all'],
  [/"shardfold tables", or \\d at the prompt, lists/, '\\d lists'],
  [/shardfold sql "\\d [^"]*", or (\\d \S+) at the prompt, shows/, '$1 shows'],
  [/, or in the receipt of --json/, ''],
  [/"?shardfold tables"? (lists|shows)/, '\\d $1'],
];

/** The error as somebody at the prompt is to be told it. */
export function atPrompt(error: unknown): unknown {
  if (!(error instanceof ShardfoldError) || error.hint === undefined) return error;
  const hint = AT_PROMPT.reduce((text, [from, to]) => text.replace(from, to), error.hint);
  return hint === error.hint ? error : new ShardfoldError(error.code, error.message, { hint, cause: error });
}

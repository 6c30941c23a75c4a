import { cliHint } from './hints.js';

/** Hints name commands of the shell where the prompt has its own. */
const AT_PROMPT: readonly (readonly [RegExp, string])[] = [
  [/"shardfold tables", or \\d at the prompt, lists/, '\\d lists'],
  [/shardfold sql "\\d [^"]*", or (\\d \S+) at the prompt, shows/, '$1 shows'],
  [/, or in the receipt of --json/, ''],
  [/"?shardfold tables"? (lists|shows)/, '\\d $1'],
];

/** The hint as somebody at the prompt is to be told it. */
export const promptHint = (hint: string | undefined): string | undefined =>
  AT_PROMPT.reduce<string | undefined>((text, [from, to]) => text?.replace(from, to), cliHint(hint));

import { type Command, InvalidArgumentError } from 'commander';
import { LONGEST_SECONDS } from '../plan/keys/write.js';
import { sourceOf, type WriteFlags, writeCommand, writeOptions } from './keys-write.js';

const EXAMPLES = `
Examples:
  $ shardfold expire 'session:*' 3600 --where 'ttl IS NULL'
  $ shardfold expire 'session:*' 3600 --where 'ttl IS NULL' --apply
  $ shardfold expire 'order:*' 86400 --columns 'state utf8' --where "state = 'done'" --apply

Without --apply nothing is changed. All keys expire at one moment, that many seconds after the command began, whatever they had before:
with --resume after the command began that stopped. The condition is as of "shardfold delete".

Exit codes: 0 done, 1 failed (what was written stays; the last line says how to go on), 130 interrupted, with that line, too.`;

export function register(program: Command): void {
  const command = program
    .command('expire')
    .summary('give keys a time to live, in the shards')
    .description('Lets all keys expire that match a pattern, or those for which a condition holds.')
    .argument('<pattern>', "a glob as KEYS takes it: 'session:*'")
    .argument('<seconds>', 'from now on', seconds)
    .addHelpText('after', EXAMPLES);
  writeOptions(command).action((pattern: string, after: number) =>
    writeCommand<WriteFlags>(command, { doing: 'writing', done: 'set to expire' }, async (flags) => {
      return { source: sourceOf(pattern, flags, 'keys'), action: { do: 'expire', seconds: after } };
    }),
  );
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 0.001 && value <= LONGEST_SECONDS) return value;
  throw new InvalidArgumentError('A number of seconds above 0 is needed.');
}

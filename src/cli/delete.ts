import type { Command } from 'commander';
import { sourceOf, type WriteFlags, writeCommand, writeOptions } from './keys-write.js';

const EXAMPLES = `
Examples:
  $ shardfold delete 'session:*' --where 'ttl IS NULL'
  $ shardfold delete 'session:*' --where 'ttl IS NULL' --apply
  $ shardfold delete 'cache:*' --where "type = 'string' AND memory > 100000" --apply
  $ shardfold delete 'order:*' --columns 'state utf8' --where "state = 'cancelled'" --apply

Without --apply nothing is deleted: the keys are counted, and ten of them shown. The condition may read key, type, ttl (seconds, NULL
where a key does not expire), slot, shard, memory (bytes), and with --columns the fields of hashes, which are then all that is
looked at. Keys of Shardfold's own tables are left alone unless the pattern begins as they do.

Exit codes: 0 done, 1 failed (what was deleted is gone; the last line says how to go on), 130 interrupted, with that line, too.`;

export function register(program: Command): void {
  const command = program
    .command('delete')
    .summary('delete keys, in the shards')
    .description('Deletes all keys that match a pattern, or those for which a condition holds.')
    .argument('<pattern>', "a glob as KEYS takes it: 'session:*'")
    .addHelpText('after', EXAMPLES);
  writeOptions(command).action((pattern: string) =>
    writeCommand<WriteFlags>(command, { doing: 'deleting', done: 'deleted' }, async (flags) => {
      return { source: sourceOf(pattern, flags, 'keys'), action: { do: 'delete' } };
    }),
  );
}

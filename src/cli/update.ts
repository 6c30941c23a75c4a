import type { Command } from 'commander';
import { assignmentsOf } from '../sql/assignments.js';
import { sourceOf, type WriteFlags, writeCommand, writeOptions } from './keys-write.js';

interface UpdateFlags extends WriteFlags {
  set: string[];
  updateId?: string;
}

const EXAMPLES = `
Examples:
  $ shardfold update 'order:*' --columns 'price float64, qty int32' --set 'total = price * qty'
  $ shardfold update 'order:*' --columns 'price float64, qty int32' --set 'total = price * qty' --apply
  $ shardfold update 'user:*' --columns 'plan utf8' --where "plan = 'trial'" --set "plan = 'free', since = now()" --set 'trial = NULL'
  $ shardfold update 'item:*' --columns 'price decimal(2)' --set 'price = (price * 1.05)::numeric(18,2)' --update-id prices-2024-05 --apply
  $ shardfold update 'item:*' --set '"sf:update:prices-2024-05" = NULL' --apply      its markers removed

Without --apply nothing is written: everything is read and counted as it would be, and ten keys are shown. NULL removes a field. A name
that is no column of --columns is that of a field. An update that reads what it writes needs --update-id: each hash gets a marker in
the same step, and is left alone from then on. Keys are written one by one, in the shards; others see those that are done.

Exit codes: 0 done, 1 failed (what was written stays; the last line says how to go on), 130 interrupted, with that line, too.`;

export function register(program: Command): void {
  const command = program
    .command('update')
    .summary('set fields of hashes, in the shards')
    .description('Sets fields of all hashes whose keys match a pattern, or of those for which a condition holds.')
    .argument('<pattern>', "a glob as KEYS takes it: 'order:*'")
    .requiredOption('--set <assignments>', "as in SQL: 'total = price * qty, note = NULL'; may be repeated", several)
    .option('--update-id <id>', 'a name for this update, never used again')
    .addHelpText('after', EXAMPLES);
  writeOptions(command).action((pattern: string) =>
    writeCommand<UpdateFlags>(command, { doing: 'updating', done: 'updated' }, async (flags, now) => {
      const source = sourceOf(pattern, flags, 'hashes');
      const columns = await Promise.all(flags.set.map((text) => assignmentsOf(text, source.columns, now)));
      return { source, action: { do: 'update', columns: columns.flat(), updateId: flags.updateId } };
    }),
  );
}

const several = (text: string, before: string[] = []): string[] => [...before, text];

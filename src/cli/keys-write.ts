/** What the commands that write keys share: options, the run with its bar, and what is said of it. */

import { type Command, Option } from 'commander';
import { statedAtOf } from '../engine/keys/resume-token.js';
import { writeKeys } from '../engine/keys/write.js';
import type { KeySample, KeysWritten, SkippedKeys, WriteProgress } from '../engine/keys/write-types.js';
import { makeKeySource } from '../plan/keys/make-source.js';
import type { KeySource } from '../plan/keys/source.js';
import { type AskedAction, bindWrite } from '../plan/keys/write.js';
import type { KeyWrite } from '../plan/keys/write-spec.js';
import type { PlanNode } from '../plan/nodes.js';
import { conditionOf } from '../sql/assignments.js';
import { columnsIn } from '../sql/keys/columns-text.js';
import { interruptible } from './interrupted.js';
import { noneMatched } from './keys/none-matched.js';
import { type Session, withLink } from './link.js';
import { type ConnectionFlags, connectionOptions } from './options.js';
import { print, printJson, say } from './output.js';
import { progressBar } from './progress.js';
import { formatTable } from './table.js';
import { formatCount, formatCounted, formatMs, formatRate } from './units.js';

export interface WriteFlags {
  where?: string;
  columns?: string;
  apply?: boolean;
  resume?: string;
}

/** How a command speaks of what it does: `updating`, `updated`. */
export interface Words {
  readonly doing: string;
  readonly done: string;
}

/** Adds what all of them take. @param columns whether fields of hashes can be named */
export function writeOptions(command: Command): Command {
  command
    .option('--columns <columns>', "fields of hashes that are read, with their types: 'price float64, qty int32'")
    .option('--where <condition>', "only keys for which this SQL condition is true: 'price > 3 AND ttl IS NULL'")
    .option('--apply', 'do it; without this, nothing is written')
    .addOption(new Option('--resume <text>', 'go on with a job that stopped, by what it printed'));
  return connectionOptions(command);
}

/** Keys as rows, with the fields that are named. @throws INVALID_ARGUMENT */
export function sourceOf(pattern: string, { columns }: WriteFlags, kind: 'keys' | 'hashes'): KeySource {
  if (columns === undefined) return { ...makeKeySource({ kind: 'keys', pattern }), kind };
  const found = columnsIn(columns, 'hashes');
  if ('problem' in found) throw found.problem.error;
  return makeKeySource({ kind: 'hashes', pattern, columns: found.columns });
}

/** Runs one of the commands. What is wrong with it is said before anybody is connected to. */
export async function writeCommand<Flags extends WriteFlags>(
  command: Command,
  words: Words,
  ask: (flags: Flags, now: Date) => Promise<{ readonly source: KeySource; readonly action: AskedAction }>,
): Promise<void> {
  const { where, prefix = 'sf', ...flags } = command.opts<Flags & ConnectionFlags>();
  // A job that goes on means the same moment by now() as before.
  const now = new Date(flags.resume === undefined ? Date.now() : statedAtOf(flags.resume));
  const { source, action } = await ask(flags as Flags, now);
  const scan: PlanNode = { kind: 'keys', source };
  const plan: PlanNode =
    where === undefined
      ? scan
      : { kind: 'filter', input: scan, predicate: await conditionOf(where, source.columns, now) };
  const write = bindWrite(plan, action, prefix);
  await withLink<Flags>(command, async (session) => {
    const started = performance.now();
    const what = session.flags.apply ? 'what was written stays' : 'nothing was written';
    const { resume } = session.flags;
    const [written, none] = await interruptible(session.signal, { what }, async () => {
      const done = await run(session, { write, now }, words);
      return [
        done,
        await noneMatched(session, { source, where, ...(resume !== undefined && { resume }) }, done),
      ] as const;
    });
    if (session.json) printJson(written);
    if (none !== undefined) say(none);
    if (session.json) return;
    if (none === undefined) show(written, words, performance.now() - started);
    else sayReasons({ ...written.skipped, otherType: 0 });
  });
}

async function run(
  { link, context, flags }: Session<WriteFlags>,
  { write, now }: { readonly write: KeyWrite; readonly now: Date },
  { doing }: Words,
): Promise<KeysWritten> {
  const { apply = false, resume } = flags;
  const { isCluster } = link;
  const bar = progressBar({ label: apply ? doing : 'counting', unit: isCluster ? 'slots' : 'keys' });
  const options = {
    dryRun: !apply,
    ...(resume !== undefined && { resume }),
    onProgress: ({ slotsDone, slotsTotal, matched }: WriteProgress) =>
      isCluster ? bar.update(slotsDone, slotsTotal, formatCounted(matched, 'key')) : bar.update(matched),
  };
  return writeKeys({ link, context, options, statedAt: now.getTime() }, write).finally(() => bar.stop());
}

const REASONS: Readonly<Record<keyof SkippedKeys, (keys: string) => string>> = {
  already: (keys) => `${keys} had the marker of this update`,
  unparsable: (keys) => `${keys} with a value that is needed and cannot be read`,
  unchanged: (keys) => `${keys} already as they would be written`,
  lastField: (keys) => `${keys} left alone, for their last field would be removed`,
  ofTables: (keys) => `${keys} of tables of Shardfold left alone`,
  otherType: (keys) => `${keys} of another type passed over`,
};

function sayReasons(skipped: SkippedKeys): void {
  for (const [reason, keys] of Object.entries(skipped)) {
    if (keys > 0) say(REASONS[reason as keyof SkippedKeys](formatCounted(keys, 'key')));
  }
}

function show(result: KeysWritten, { done }: Words, ms: number): void {
  const { dryRun, matched, written, skipped, shards, sample = [] } = result;
  const titles = ['shard', 'matched', dryRun ? `would be ${done}` : done];
  const rows = Object.entries(shards).map(([shard, share]) => [
    shard,
    formatCount(share.matched),
    formatCount(share.written),
  ]);
  if (rows.length > 1) rows.push(['total', formatCount(matched), formatCount(written)]);
  print(formatTable(titles, rows, { right: titles.slice(1) }));
  sayReasons(skipped);
  if (sample.length > 0) say(`\n${sampleTable(sample)}`);
  const rate = formatRate(written, ms, 'keys');
  if (dryRun) say(`\nnothing was written (counted in ${formatMs(ms)}); the same with --apply does it`);
  else say(`${formatCounted(written, 'key')} ${done} in ${formatMs(ms)}, ${rate}`);
}

const MISSING = '–';

/** Keys as they are and as they would be. */
function sampleTable(sample: readonly KeySample[]): string {
  const names = [...new Set(sample.flatMap((each) => Object.keys({ ...each.old, ...each.new })))];
  const shown = (value: string | number | null | undefined): string => (value == null ? MISSING : String(value));
  const rows = sample.map((each) => [
    each.key,
    ...names.map((name) => `${shown(each.old[name])} → ${shown(each.new?.[name])}`),
  ]);
  return formatTable(['key', ...names], rows);
}

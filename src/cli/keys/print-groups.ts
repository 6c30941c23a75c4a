/** Groups of keys as a table, and how evenly they are spread. */
import { paint, print, printJson, say } from '../output.js';
import { formatTable } from '../table.js';
import { formatBytes, formatCount, formatCounted } from '../units.js';
import { type GroupingOptions, inOrder, type KeyGroup } from './groupings.js';

export interface GroupsResult extends GroupingOptions {
  readonly pattern: string;
  readonly groups: readonly KeyGroup[];
  /** How many groups to show. */
  readonly top: number;
  /** Places that keys are spread over, the empty ones too: shards or slots. */
  readonly places: number | undefined;
  readonly receipt: unknown;
}

export function printGroups(result: GroupsResult, json: boolean): void {
  const { groups, by, memory, top, pattern, receipt } = result;
  const sorted = inOrder(groups, result);
  const shown = sorted.slice(0, top);
  const total = sum(groups);
  const skew = skewOf(result);
  if (json) {
    printJson({
      pattern,
      by,
      ...total,
      groups: sorted.length,
      ...(skew !== undefined && { skew }),
      rows: shown,
      receipt,
    });
    return;
  }
  const share = (part: number, whole: number): string => (whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)} %`);
  const sizes = ({ keys, bytes = 0, largest = 0 }: KeyGroup): string[] =>
    memory
      ? [
          formatBytes(bytes),
          share(bytes, total.bytes ?? 0),
          formatBytes(bytes / Math.max(keys, 1)),
          formatBytes(largest),
        ]
      : [];
  const line = (group: KeyGroup): string[] => [
    group.name,
    formatCount(group.keys),
    share(group.keys, total.keys),
    formatCount(group.withoutExpiry),
    ...sizes(group),
  ];
  const titles = [by, 'keys', 'share', 'no expiry', ...(memory ? ['memory', 'share of it', 'mean', 'largest'] : [])];
  const rest = sorted.slice(top);
  const others = rest.length === 0 ? [] : [line({ ...sum(rest), name: `(${formatCount(rest.length)} others)` })];
  print(formatTable(titles, [...shown.map(line), ...others], { right: titles.slice(1) }));
  const size = total.bytes === undefined ? '' : `, ${formatBytes(total.bytes)}`;
  say(paint('dim', `(${formatCounted(total.keys, 'key')}${size}, ${formatCount(total.withoutExpiry)} without expiry)`));
  if (skew !== undefined) {
    say(
      paint('dim', `the fullest ${by} holds ${times(skew)} times the mean of ${formatCounted(result.places ?? 0, by)}`),
    );
  }
}

/** Hundreds are told without a fraction. */
const times = (skew: number): string => (skew < 100 ? skew.toFixed(2) : formatCount(Math.round(skew)));

function sum(groups: readonly KeyGroup[]): Omit<KeyGroup, 'name'> {
  const add = (of: (group: KeyGroup) => number): number => groups.reduce((all, group) => all + of(group), 0);
  const sized = groups.some(({ bytes }) => bytes !== undefined);
  return {
    keys: add(({ keys }) => keys),
    withoutExpiry: add(({ withoutExpiry }) => withoutExpiry),
    ...(sized && {
      bytes: add(({ bytes = 0 }) => bytes),
      largest: groups.reduce((most, { largest = 0 }) => Math.max(most, largest), 0),
    }),
  };
}

/** What the fullest place holds, in means of all places: bytes where they are known, else keys. */
function skewOf({ groups, memory, places }: GroupsResult): number | undefined {
  if (places === undefined || groups.length === 0) return undefined;
  const weights = groups.map(({ keys, bytes = 0 }) => (memory ? bytes : keys));
  const all = weights.reduce((a, b) => a + b, 0);
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  return all === 0 ? undefined : (most * places) / all;
}

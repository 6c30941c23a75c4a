/** What `shardfold keys` groups keys by, as queries over them. */
import { type Column, col, concat, count, type Expr, lit, when } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';

export const GROUPINGS = ['prefix', 'type', 'ttl', 'slot', 'shard'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface GroupingOptions {
  readonly by: Grouping;
  /** Of prefixes: how many parts, and what ends each. */
  readonly depth: number;
  readonly delimiter: string;
  /** Whether to add up MEMORY USAGE, which costs more than all the rest. */
  readonly memory: boolean;
}

export interface KeyGroup {
  readonly name: string;
  readonly keys: number;
  readonly withoutExpiry: number;
  readonly bytes?: number;
  readonly largest?: number;
}

/** Groups of the keys of a query, in no order. */
export async function groupsOf(
  keys: Query,
  options: GroupingOptions,
  run: (query: Query) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<readonly KeyGroup[]> {
  const counts = { keys: count(), without: count({ where: col('ttl').isNull() }) };
  const sizes = options.memory ? { bytes: col('memory').sum(), largest: col('memory').max() } : {};
  const grouped = keys.groupBy(groupKey(options).as('name')).agg({ ...counts, ...sizes });
  const rows = await run(grouped);
  return rows.map(({ name, keys: found, without, bytes, largest }) => ({
    name: nameOf(options, name),
    keys: Number(found),
    withoutExpiry: Number(without),
    ...(options.memory && { bytes: Number(bytes), largest: Number(largest) }),
  }));
}

function groupKey({ by, depth, delimiter }: GroupingOptions): Expr | Column<string> {
  if (by === 'prefix') return prefixOf(depth, delimiter);
  return by === 'ttl' ? ttlBucket() : col(by);
}

/** The first parts of a key behind which others stand, `depth` of them at most; null of a key that has one part. */
function prefixOf(depth: number, delimiter: string): Expr {
  const key = col('key');
  const part = (n: number): Expr => key.splitPart(delimiter, n);
  const parts = (n: number): Expr =>
    n === 1
      ? part(1)
      : concat(part(1), ...Array.from({ length: n - 1 }, (_, i) => concat(lit(delimiter), part(i + 2))));
  // The deepest first: behind as many parts as it has, more must follow.
  const isDeeper = (n: number): Expr => (n === 1 ? key.contains(delimiter) : part(n + 1).neq(''));
  const deepest = when(isDeeper(depth)).then(parts(depth));
  const shallower = Array.from({ length: depth - 1 }, (_, i) => depth - 1 - i);
  return shallower.reduce((chain, n) => chain.when(isDeeper(n)).then(parts(n)), deepest);
}

/** Upper ends of the buckets, in seconds. */
const BUCKETS: readonly (readonly [seconds: number, name: string])[] = [
  [60, 'within a minute'],
  [3600, 'within an hour'],
  [86_400, 'within a day'],
  [604_800, 'within a week'],
  [2_592_000, 'within 30 days'],
];
const LATER = 'later';
const NEVER = 'never';

/** Buckets by their place, the last for those that do not expire. */
function ttlBucket(): Expr {
  const later: Expr = when(col('ttl').isNotNull())
    .then(lit(BUCKETS.length))
    .otherwise(BUCKETS.length + 1);
  return BUCKETS.reduceRight<Expr>(
    (otherwise, [seconds], place) => when(col('ttl').ltEq(seconds)).then(lit(place)).otherwise(otherwise),
    later,
  );
}

function nameOf({ by, delimiter }: GroupingOptions, value: unknown): string {
  if (by === 'prefix') return value === null ? '(none)' : `${String(value)}${delimiter}*`;
  if (by !== 'ttl') return String(value);
  return [...BUCKETS.map(([, name]) => name), LATER, NEVER][Number(value)] as string;
}

/** Buckets stand in the order of time, slots and others by what weighs most. */
export function inOrder(groups: readonly KeyGroup[], { by, memory }: GroupingOptions): readonly KeyGroup[] {
  if (by === 'ttl') {
    const names = [...BUCKETS.map(([, name]) => name), LATER, NEVER];
    return groups.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  }
  const weight = ({ keys, bytes = 0 }: KeyGroup): number => (memory ? bytes : keys);
  const byName = (a: KeyGroup, b: KeyGroup): number =>
    by === 'slot' ? Number(a.name) - Number(b.name) : a.name < b.name ? -1 : 1;
  return groups.toSorted((a, b) => weight(b) - weight(a) || byName(a, b));
}

/** Why slots could not be read, in words: the error of a walk whose deadline passed. */

import type { ClusterLink } from '../../cluster/types.js';
import { type ErrorCode, ShardfoldError } from '../../errors.js';
import type { NodeAtWork } from './dispatch.js';
import type { SlotRange } from './receipt.js';
import { rangesOf } from './slot-book.js';

/** Ranges, and moves, that a message names. */
const SHOWN = 8;
/** What is asked for the message may take so long. */
const LOOK_MS = 1000;

interface Stuck {
  readonly link: ClusterLink;
  readonly source: string;
  readonly timeoutMs: number;
  /** Slots that were not read, ascending. */
  readonly slots: readonly number[];
  readonly nodes: ReadonlyMap<string, NodeAtWork>;
}

export async function unsettledError({ link, source, timeoutMs, slots, nodes }: Stuck): Promise<ShardfoldError> {
  const ranges = rangesOf(slots);
  const owners = link.nodes().filter((node) => node.slots.some((own) => ranges.some((range) => meet(own, range))));
  const troubled = owners.flatMap(({ id, address }) => {
    const trouble = nodes.get(id)?.trouble;
    return trouble === undefined ? [] : [{ ...trouble, address }];
  });
  const moving = await movesOf(link, slots);
  const what = `${source}: ${slots.length === 1 ? '1 slot was' : `${slots.length} slots were`} not read (${showRanges(ranges)}), none became readable for ${timeoutMs} ms`;
  const [first] = troubled;
  const where = [
    ...moving.slice(0, SHOWN),
    ...(moving.length > SHOWN ? [`${moving.length - SHOWN} more are moving`] : []),
    ...troubled.slice(0, SHOWN).map(({ address, cause }) => `${address} says ${cause}`),
    ...(owners.length === 0 ? ['no node owns them'] : []),
  ];
  const code: ErrorCode = moving.length > 0 || first === undefined ? 'SLOTS_UNSETTLED' : codeOf(first.cause);
  const address = first?.address ?? owners[0]?.address;
  return new ShardfoldError(code, where.length > 0 ? `${what}: ${where.join('; ')}` : what, {
    hint: `end the migration (redis-cli --cluster fix ${address ?? 'host:port'}), wait longer (--timeout, or the option timeout), or take what can be read by { partial: true }`,
    ...(slots[0] !== undefined && { slot: slots[0] }),
    ...(address !== undefined && { shard: address }),
    ...(first !== undefined && { cause: first.error }),
  });
}

const codeOf = (cause: string): ErrorCode =>
  cause === 'NOREPLICAS'
    ? 'SERVER_REFUSES_WRITES'
    : cause === 'CLUSTERDOWN'
      ? 'CLUSTER_DOWN'
      : cause === 'TIMEOUT'
        ? 'TIMEOUT'
        : 'CONNECTION_FAILED';

const meet = ([a, b]: SlotRange, [c, d]: SlotRange): boolean => a <= d && c <= b;

export function showRanges(ranges: readonly SlotRange[]): string {
  const shown = ranges.slice(0, SHOWN).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return `${shown.join(', ')}${ranges.length > SHOWN ? `, and ${ranges.length - SHOWN} more ranges` : ''}`;
}

/** Moves that the primaries tell of now: `slot 5 moves from a:1 to b:2`. A node that does not answer is left out. */
async function movesOf(link: ClusterLink, slots: readonly number[]): Promise<string[]> {
  const wanted = new Set(slots);
  const nodes = link.nodes();
  const addressOf = (id: string): string => nodes.find((node) => node.id === id)?.address ?? id;
  const moves = new Map<number, string>();
  const asked = nodes.map(async ({ id, address, role, down }) => {
    if (role !== 'primary' || down) return;
    const tried = await link
      .tryNode(id, ['CLUSTER', 'NODES'], link.context({ timeoutMs: LOOK_MS }))
      .catch(() => undefined);
    if (tried === undefined || !('reply' in tried)) return;
    for (const [, slot, direction, other = ''] of String(tried.reply).matchAll(/\[(\d+)-([<>])-(\w+)\]/g)) {
      const number = Number(slot);
      if (!wanted.has(number)) continue;
      const [from, to] = direction === '>' ? [address, addressOf(other)] : [addressOf(other), address];
      moves.set(number, `slot ${number} is on its way from ${from} to ${to}`);
    }
  });
  await Promise.all(asked);
  return [...moves].sort(([a], [b]) => a - b).map(([, text]) => text);
}

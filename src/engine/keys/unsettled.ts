/** Why slots could not be read, in words: the error of a walk whose deadline passed. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { Trouble } from './ask.js';
import { meaningOf, WAIT } from './causes.js';
import { isSlow, type NodeAtWork } from './dispatch.js';
import type { SlotRange } from './receipt.js';
import { rangesOf } from './slot-book.js';

/** Ranges, and moves, that a message names. */
const SHOWN = 8;
/** What is asked for the message may take so long. */
const LOOK_MS = 1000;

interface Stuck {
  readonly link: ClusterLink;
  readonly source: string;
  readonly context: CallContext;
  /** Slots that were not read, ascending. */
  readonly slots: readonly number[];
  readonly nodes: ReadonlyMap<string, NodeAtWork>;
}

/** SLOTS_UNSETTLED where slots move, or nobody is seen to be the cause; else what keeps their primaries from answering. */
export async function unsettledError({ link, source, context, slots, nodes }: Stuck): Promise<ShardfoldError> {
  const ranges = rangesOf(slots);
  const owners = link.nodes().filter((node) => node.slots.some((own) => ranges.some((range) => meet(own, range))));
  const troubled = owners.flatMap(({ id, address }) => {
    const trouble = troubleOf(nodes.get(id), context);
    return trouble === undefined ? [] : [{ ...trouble, address }];
  });
  const { moving, away } = await lookAt(link, slots);
  const what = `${source}: ${slots.length === 1 ? '1 slot was' : `${slots.length} slots were`} not read (${showRanges(ranges)}), none became readable for ${context.timeoutMs} ms`;
  const [first] = troubled;
  const where = [
    ...moving.slice(0, SHOWN),
    ...(moving.length > SHOWN ? [`${moving.length - SHOWN} more are moving`] : []),
    ...troubled.slice(0, SHOWN).map(({ address, cause }) => `${address} ${SAYS[cause] ?? `says ${cause}`}`),
    ...(away.length > 0 && moving.length === 0 ? [`the cluster misses ${away.slice(0, SHOWN).join(', ')}`] : []),
    ...(owners.length === 0 ? ['no node owns them'] : []),
  ];
  const address = first?.address ?? owners[0]?.address;
  const { code, hint } = meaning({
    moving: moving.length,
    owned: owners.length > 0,
    away: away.length > 0,
    cause: first?.cause,
    address,
  });
  return new ShardfoldError(code, where.length > 0 ? `${what}: ${where.join('; ')}` : what, {
    hint: `${hint}; ${WAIT}, or take what can be read by { partial: true }`,
    ...(slots[0] !== undefined && { slot: slots[0] }),
    ...(address !== undefined && { shard: address }),
    ...(first !== undefined && { cause: first.error }),
  });
}

/** Causes that no node says itself. */
const SAYS: Readonly<Record<string, string>> = {
  TIMEOUT: 'does not come to the end of a call',
  SILENT: 'answers too late',
  NOT_CONNECTED: 'cannot be reached',
  CONNECTION_LOST: 'ends connections',
};

/** Why the last call failed, or that the one that runs takes long. */
function troubleOf(node: NodeAtWork | undefined, context: CallContext): Trouble | undefined {
  if (node?.trouble !== undefined) return node.trouble;
  const slow = [...(node?.calls ?? [])].some((call) => isSlow(call, context));
  return slow ? { cause: 'TIMEOUT', error: undefined } : undefined;
}

interface Seen {
  readonly moving: number;
  readonly owned: boolean;
  readonly away: boolean;
  readonly cause: string | undefined;
  readonly address: string | undefined;
}

function meaning({ moving, owned, away, cause, address = 'host:port' }: Seen): ReturnType<typeof meaningOf> {
  const fix = `redis-cli --cluster fix ${address}`;
  if (moving > 0) return { code: 'SLOTS_UNSETTLED', hint: `end the migration (${fix})` };
  if (!owned) return { code: 'SLOTS_UNSETTLED', hint: `give the slots to a node (${fix})` };
  if (away) return meaningOf('CLUSTERDOWN');
  if (cause !== undefined) return meaningOf(cause);
  return { code: 'SLOTS_UNSETTLED', hint: 'CLUSTER NODES tells whether slots moved meanwhile' };
}

const meet = ([a, b]: SlotRange, [c, d]: SlotRange): boolean => a <= d && c <= b;

export function showRanges(ranges: readonly SlotRange[]): string {
  const shown = ranges.slice(0, SHOWN).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return `${shown.join(', ')}${ranges.length > SHOWN ? `, and ${ranges.length - SHOWN} more ranges` : ''}`;
}

interface Look {
  /** `slot 5 is on its way from a:1 to b:2`. */
  readonly moving: readonly string[];
  /** Addresses of primaries with slots that others have found to be down, or take for down. */
  readonly away: readonly string[];
}

/** What the primaries tell of now. A node that does not answer is left out. */
async function lookAt(link: ClusterLink, slots: readonly number[]): Promise<Look> {
  const wanted = new Set(slots);
  const nodes = link.nodes();
  const addressOf = (id: string): string => nodes.find((node) => node.id === id)?.address ?? id;
  const moves = new Map<number, string>();
  const away = new Set<string>();
  const asked = nodes.map(async ({ id, address, role, down }) => {
    if (role !== 'primary' || down) return;
    const tried = await link
      .tryNode(id, ['CLUSTER', 'NODES'], link.context({ timeoutMs: LOOK_MS }))
      .catch(() => undefined);
    if (tried === undefined || !('reply' in tried)) return;
    // <id> <ip:port@cport,hostname> <flags> … <slots>
    for (const [, ip = ''] of String(tried.reply).matchAll(/^\w+ (\S+)@\S* \S*master\S*,fail\S* .*connected \S/gm))
      away.add(ip);
    for (const [, slot, direction, other = ''] of String(tried.reply).matchAll(/\[(\d+)-([<>])-(\w+)\]/g)) {
      const number = Number(slot);
      if (!wanted.has(number)) continue;
      const [from, to] = direction === '>' ? [address, addressOf(other)] : [addressOf(other), address];
      moves.set(number, `slot ${number} is on its way from ${from} to ${to}`);
    }
  });
  await Promise.all(asked);
  return { moving: [...moves].sort(([a], [b]) => a - b).map(([, text]) => text), away: [...away].sort() };
}

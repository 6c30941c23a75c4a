/** Who deploys what at the moment, and who died doing so: as the record knows it, by the clock of the server that keeps it. */
import { slotOf } from '../../cluster/slots.js';
import type { CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { readLease, recordKey } from './record.js';
import type { Lease } from './types.js';

export interface KnownLease extends Lease {
  readonly project: string;
  /** It ran out: its deploy died, or lost the cluster. The next deploy of the project takes it. */
  readonly isOver: boolean;
}

const LEASE = 'lease:';

/** Of one project, or of every one. */
export async function readLeases(
  link: ClusterLink,
  project: string | undefined,
  context: CallContext,
): Promise<KnownLease[]> {
  const projects = project === undefined ? await leasedProjects(link, context) : [project];
  const found = await Promise.all(
    projects.map(async (project) => {
      const lease = await readLease(link, project, context);
      return lease ? [{ project, ...lease }] : [];
    }),
  );
  const leases = found.flat();
  if (leases.length === 0) return [];
  const now = await serverTime(link, context);
  return leases.map((lease) => ({ ...lease, isOver: lease.expires < now }));
}

async function leasedProjects(link: ClusterLink, context: CallContext): Promise<string[]> {
  const key = recordKey;
  const call = { key, command: ['HKEYS', key], readOnly: true, idempotent: true };
  const fields = ((await link.call(call, context)) as readonly Reply[]).map(String);
  return fields.filter((field) => field.startsWith(LEASE)).map((field) => field.slice(LEASE.length));
}

async function serverTime(link: ClusterLink, context: CallContext): Promise<number> {
  const { id } = link.ownerOf(slotOf(recordKey));
  try {
    const [seconds, micros] = (await link.callNode(id, ['TIME'], context, true)) as readonly Reply[];
    return Number(String(seconds)) * 1000 + Math.floor(Number(String(micros)) / 1000);
  } catch (error) {
    // Whoever may not ask is told of all leases as if they held.
    if (error instanceof ShardfoldError && error.code === 'NO_PERMISSION') return 0;
    throw error;
  }
}

/** The changes of the release record: each is one script on its one key, hence atomic, and harmless when it runs twice. */

import commitScript from '../../../lua/releases/commit.lua';
import forgetScript from '../../../lua/releases/forget.lua';
import leaveScript from '../../../lua/releases/leave.lua';
import renewScript from '../../../lua/releases/renew.lua';
import takeScript from '../../../lua/releases/take.lua';
import type { CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import type { Library } from '../library.js';
import { parseLease, recordKey } from './record.js';
import type { Lease, Release } from './types.js';

/** One deploy as the record knows it. */
export interface Claim {
  readonly link: ClusterLink;
  readonly project: string;
  /** Of this deploy alone. */
  readonly token: string;
  readonly who: string;
  readonly leaseMs: number;
}

export type Taken =
  /** `died` is the lease of a deploy that ended without giving it back. */
  | { readonly taken: true; readonly head: number; readonly died: Lease | null }
  | { readonly taken: false; readonly holder: Lease; readonly remainingMs: number };

/** What stands in the way of a deploy that has lost its lease or its base. */
export interface Overtaken {
  /** The number of the current release, 0 for none. */
  readonly head: number;
  readonly holder: Lease | null;
}

export interface Recorded {
  readonly number: number;
  readonly time: number;
}

export async function takeLease({ link, project, token, who, leaseMs }: Claim, context: CallContext): Promise<Taken> {
  const [taken, second, third] = await run(link, takeScript, [project, token, who, String(leaseMs)], context);
  if (taken === 1) return { taken: true, head: Number(second), died: leaseOf(third) };
  return { taken: false, holder: parseLease(String(second)), remainingMs: Number(third) };
}

/** @param base The number of the release that the deploy started from. */
export async function renewLease(
  { link, project, token, leaseMs }: Claim,
  base: number,
  context: CallContext,
): Promise<Overtaken | undefined> {
  const [done, head, holder] = await run(link, renewScript, [project, token, String(leaseMs), String(base)], context);
  return done === 1 ? undefined : { head: Number(head), holder: leaseOf(holder) };
}

/** Records the release with the code that it names, where lease and base still hold, and gives the lease back. */
export async function commitRelease(
  { link, project, token }: Claim,
  { base, release, code }: { base: number; release: Omit<Release, 'number' | 'time'>; code: readonly Library[] },
  context: CallContext,
): Promise<Recorded | Overtaken> {
  const texts = code.flatMap(({ hash, code, lineMap }) => [hash, code, JSON.stringify(lineMap)]);
  const body = JSON.stringify(release).slice(1);
  const [done, second, third] = await run(link, commitScript, [project, token, String(base), body, ...texts], context);
  if (done === 1) return { number: Number(second), time: Number(third) };
  return { head: Number(second), holder: leaseOf(third) };
}

/** Gives the lease back. What this deploy recorded after all (the answer to its commit was lost), or undefined. */
export async function leaveLease(
  { link, project, token }: Claim,
  base: number,
  context: CallContext,
): Promise<Recorded | undefined> {
  const [made, number, time] = await run(link, leaveScript, [project, token, String(base)], context);
  return made === 1 ? { number: Number(number), time: Number(time) } : undefined;
}

/**
 * Forgets releases, never the current one, and code that no release names any more.
 * @param base The number of the release that was current when it was decided, 0 for none.
 * Returns how many were forgotten; or, where another release is current by now, its number, and nothing is forgotten.
 */
export async function forgetReleases(
  link: ClusterLink,
  { project, base, numbers }: { project: string; base: number; numbers: readonly number[] },
  context: CallContext,
): Promise<{ readonly forgotten: number } | { readonly head: number }> {
  const [done, count] = await run(link, forgetScript, [project, String(base), ...numbers.map(String)], context);
  return done === 1 ? { forgotten: Number(count) } : { head: Number(count) };
}

/** Forgets a project: all of its releases, its lease, and code that no release names any more. Otherwise as above. */
export async function forgetProject(
  link: ClusterLink,
  { project, base, token }: { project: string; base: number; token: string },
  context: CallContext,
): Promise<{ readonly forgotten: number } | { readonly head: number }> {
  const [done, count] = await run(link, forgetScript, [project, String(base), 'all', token], context);
  return done === 1 ? { forgotten: Number(count) } : { head: Number(count) };
}

const leaseOf = (text: Reply | undefined): Lease | null => (text && String(text) ? parseLease(String(text)) : null);

async function run(link: ClusterLink, script: string, args: readonly string[], context: CallContext) {
  const key = recordKey;
  const command = ['EVAL', script, '1', key, ...args];
  const reply = await link.call({ key, command, readOnly: false, idempotent: true }, context);
  return (Array.isArray(reply) ? reply : [reply]) as readonly Reply[];
}

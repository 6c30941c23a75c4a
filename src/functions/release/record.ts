/**
 * The record of releases: one hash, hence one slot, and every change of it is one atomic script (record-write.ts). Fields:
 *   head:<project>               the number of the current release
 *   release:<project>:<number>   a release, as JSON
 *   code:<hash>, lines:<hash>    the code of a library and its line map, whichever releases name it
 *   lease:<project>              who deploys now, as JSON
 * Releases and code never change once they are there, so they are read without a transaction.
 */
import type { CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { Library } from '../library.js';
import type { LineMap } from '../line-map.js';
import type { Lease, Release, ReleasedAlias } from './types.js';

/** One a cluster, whatever the prefix of tables: names of functions and libraries are global to a cluster, too. */
export const recordKey = 'shardfold:{functions}';

/** All releases, of one project or of every one; those of a project in the order in which they were made. */
export async function readReleases(
  link: ClusterLink,
  project: string | undefined,
  context: CallContext,
): Promise<Release[]> {
  const names = (await read(link, ['HKEYS'], context)) as readonly Reply[];
  const prefix = project === undefined ? 'release:' : `release:${project}:`;
  const fields = names.map(String).filter((name) => name.startsWith(prefix));
  const releases = (await readFields(link, fields, context)).flatMap((text) => (text === null ? [] : parse(text)));
  return releases.sort((a, b) => (a.project < b.project ? -1 : a.project > b.project ? 1 : a.number - b.number));
}

/** The release that was made last; null where there is none. */
export async function currentRelease(
  link: ClusterLink,
  project: string,
  context: CallContext,
): Promise<Release | null> {
  const [head] = await readFields(link, [`head:${project}`], context);
  return head ? ((await readRelease(link, project, Number(head), context)) ?? null) : null;
}

export async function readRelease(
  link: ClusterLink,
  project: string,
  number: number,
  context: CallContext,
): Promise<Release | undefined> {
  const [text] = await readFields(link, [`release:${project}:${number}`], context);
  return text ? parse(text) : undefined;
}

/** A library of a release with its code. @throws DATA_LOSS where the record holds it no longer */
export async function readLibrary(
  link: ClusterLink,
  { name, hash, functions }: ReleasedAlias,
  context: CallContext,
): Promise<Library> {
  const [code, lines] = await readFields(link, [`code:${hash}`, `lines:${hash}`], context);
  if (!code) {
    throw new ShardfoldError('DATA_LOSS', `the release record holds the code of ${name} no longer (${hash})`, {
      hint: 'deploy from the sources: shardfold deploy',
    });
  }
  return { name, hash, code, functions, lineMap: lines ? (JSON.parse(lines) as LineMap) : [] };
}

/** Numbers of the current releases, 0 for none. */
export async function readHeads(
  link: ClusterLink,
  projects: readonly string[],
  context: CallContext,
): Promise<number[]> {
  const fields = projects.map((project) => `head:${project}`);
  return (await readFields(link, fields, context)).map((head) => Number(head ?? '0'));
}

/** Who deploys the project now, or died doing so; null where nobody does. */
export async function readLease(link: ClusterLink, project: string, context: CallContext): Promise<Lease | null> {
  const [text] = await readFields(link, [`lease:${project}`], context);
  return text ? parseLease(text) : null;
}

export function parseLease(text: string): Lease {
  const { who, since, expires } = JSON.parse(text) as Lease;
  return { who, since, expires };
}

/** @param text As commit.lua keeps it, with the token of the deploy that made it. */
function parse(text: string): Release {
  const { token, ...release } = JSON.parse(text) as Release & { token: string };
  return release;
}

async function readFields(
  link: ClusterLink,
  fields: readonly string[],
  context: CallContext,
): Promise<(string | null)[]> {
  if (fields.length === 0) return [];
  const values = (await read(link, ['HMGET', ...fields], context)) as readonly Reply[];
  return values.map((value) => (value === null ? null : String(value)));
}

function read(link: ClusterLink, [name, ...rest]: readonly [string, ...string[]], context: CallContext) {
  const key = recordKey;
  return link.call({ key, command: [name, key, ...rest], readOnly: true, idempotent: true }, context);
}

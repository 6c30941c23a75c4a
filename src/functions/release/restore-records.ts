/** The release records of an export: compared with those that are there, and put in their place. */
import restoreScript from '../../../lua/releases/restore.lua';
import type { Argument, CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { bytesOf, type Content, type ExportFile } from './export-file.js';
import { parseLease, readHeads, recordKey } from './record.js';

export interface RecordSteps {
  /** Projects whose records the file has. */
  readonly projects: readonly string[];
  readonly fields: { readonly [field: string]: Content };
  readonly releases: number;
  readonly action: 'none' | 'add' | 'replace' | 'in step';
}

const HEAD = 'head:';

export async function planRecords(link: ClusterLink, file: ExportFile, context: CallContext): Promise<RecordSteps> {
  const fields = file.records?.fields ?? {};
  const names = Object.keys(fields);
  const releases = names.filter((name) => name.startsWith('release:')).length;
  if (names.length === 0) return { projects: [], fields, releases, action: 'none' };
  const projects = names.filter((name) => name.startsWith(HEAD)).map((name) => name.slice(HEAD.length));
  const key = recordKey;
  const command = ['HMGET', key, ...names];
  const held = (await link.call({ key, command, readOnly: true, idempotent: true }, context)) as readonly Reply[];
  const heads = await readHeads(link, projects, context);
  const isSame = names.every((name, i) => {
    const value = held[i];
    return Buffer.isBuffer(value) && value.equals(bytesOf(fields[name] as Content));
  });
  const isNew = heads.every((head) => head === 0);
  return {
    projects,
    fields,
    releases,
    action: isSame ? 'in step' : isNew ? 'add' : 'replace',
  };
}

/** What a project's records stand on: the number of its current release, 0 for none. */
export interface Base {
  readonly project: string;
  readonly base: number;
}

/**
 * @param token Of the leases of these projects, which are given back.
 * @throws DEPLOY_IN_PROGRESS where somebody deploys, or has made a release since they were compared
 */
export async function restoreRecords(
  link: ClusterLink,
  fields: RecordSteps['fields'],
  { bases, token }: { readonly bases: readonly Base[]; readonly token: string },
  context: CallContext,
): Promise<void> {
  const key = recordKey;
  const values = Object.entries(fields).flatMap(([field, content]): Argument[] => [field, bytesOf(content)]);
  const command = ['EVAL', restoreScript, '1', key, JSON.stringify(bases), token, ...values];
  const reply = await link.call({ key, command, readOnly: false, idempotent: true }, context);
  const [done, project, lease] = reply as readonly Reply[];
  if (done === 1) return;
  if (!lease || !String(lease)) throw madeMeanwhile(String(project));
  const { who, since } = parseLease(String(lease));
  const what = `${who} deploys ${String(project)} since ${new Date(since).toISOString()}`;
  throw new ShardfoldError('DEPLOY_IN_PROGRESS', what, { hint: 'restore again when that has ended' });
}

export const madeMeanwhile = (project: string): ShardfoldError =>
  new ShardfoldError('DEPLOY_IN_PROGRESS', `somebody made a release of ${project} meanwhile`, {
    hint: 'look at "shardfold releases", then restore again',
  });

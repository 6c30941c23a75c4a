/** The release records of an export: compared with those that are there, and put in their place. */
import restoreScript from '../../../lua/releases/restore.lua';
import type { Argument, CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { bytesOf, type Content, type ExportFile } from './export-file.js';
import { parseLease, recordKey } from './record.js';

export interface RecordSteps {
  /** Projects whose records the file has, with the current release that the servers have of them, '' for none. */
  readonly projects: readonly { readonly project: string; readonly head: string }[];
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
  const key = recordKey(link);
  const read = async (wanted: readonly string[]) => {
    const command = ['HMGET', key, ...wanted];
    return (await link.call({ key, command, readOnly: true, idempotent: true }, context)) as readonly Reply[];
  };
  const held = await read(names);
  const heads = projects.length === 0 ? [] : await read(projects.map((project) => `${HEAD}${project}`));
  const isSame = names.every((name, i) => {
    const value = held[i];
    return Buffer.isBuffer(value) && value.equals(bytesOf(fields[name] as Content));
  });
  const isNew = heads.every((head) => head === null);
  return {
    projects: projects.map((project, i) => ({ project, head: String(heads[i] ?? '') })),
    fields,
    releases,
    action: isSame ? 'in step' : isNew ? 'add' : 'replace',
  };
}

/** @throws DEPLOY_IN_PROGRESS where somebody deploys, or has made a release since they were compared */
export async function restoreRecords(
  link: ClusterLink,
  { projects, fields }: RecordSteps,
  token: string,
  context: CallContext,
): Promise<void> {
  const key = recordKey(link);
  const values = Object.entries(fields).flatMap(([field, content]): Argument[] => [field, bytesOf(content)]);
  const command = ['EVAL', restoreScript, '1', key, JSON.stringify(projects), token, ...values];
  const reply = await link.call({ key, command, readOnly: false, idempotent: true }, context);
  const [done, project, lease] = reply as readonly Reply[];
  if (done === 1) return;
  if (lease && String(lease)) throw inProgress(String(project), parseLease(String(lease)));
  throw new ShardfoldError('DEPLOY_IN_PROGRESS', `somebody made a release of ${project} meanwhile`, {
    hint: 'look at "shardfold releases", then restore again',
  });
}

export const inProgress = (project: string, { who, since }: { who: string; since: number }): ShardfoldError =>
  new ShardfoldError('DEPLOY_IN_PROGRESS', `${who} deploys ${project} since ${new Date(since).toISOString()}`, {
    hint: 'wait until that has ended',
  });

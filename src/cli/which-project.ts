import { Option } from 'commander';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { readReleases } from '../functions/release/record.js';
import type { OptionalProjectSession } from './project.js';

export interface WhichProjectFlags {
  project?: string;
}

export const projectOption = () =>
  new Option(
    '--project <name>',
    'the project; by default that of the configuration, or the only one that has releases',
  );

/** For commands that need no sources: --project, else that of the configuration, else the only one in the record. */
export async function whichProject({
  link,
  context,
  config,
  flags,
}: OptionalProjectSession<WhichProjectFlags>): Promise<string> {
  return flags.project ?? config?.project ?? (await onlyProject(link, context));
}

async function onlyProject(link: ClusterLink, context: CallContext): Promise<string> {
  const projects = [...new Set((await readReleases(link, undefined, context)).map(({ project }) => project))];
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only;
  if (projects.length === 0)
    throw new ShardfoldError('RELEASE_NOT_FOUND', 'the record knows no release of any project');
  throw new ShardfoldError('INVALID_ARGUMENT', `there are releases of ${projects.join(', ')}`, {
    hint: 'say which one: --project NAME',
  });
}

/** The code of an earlier release, brought back as a new one: out of the record, without sources, from any machine. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { contentOfRelease } from './content.js';
import { type DeployOptions, deployContent } from './deploy.js';
import { planContent } from './plan.js';
import { readReleases } from './record.js';
import type { DeployReport, Plan, Release } from './types.js';

export type RollbackOptions = Omit<DeployOptions, 'kernels'>;

/**
 * @param number The release to return to; by default the one before the current one.
 * Errors: RELEASE_NOT_FOUND, DATA_LOSS where the record lost the code, and those of deployProject.
 */
export async function rollback(
  link: ClusterLink,
  project: string,
  number: number | undefined,
  options: RollbackOptions,
  context: CallContext,
): Promise<DeployReport> {
  const { target, current } = await rollbackTarget(link, project, number, context);
  const content = await contentOfRelease(link, target, context);
  // What is "before the current one" must not change on the way.
  const base = options.base ?? current.number;
  return deployContent(link, content, { ...options, base, rollbackOf: target.number }, context);
}

/** What `rollback` would do. */
export async function planRollback(
  link: ClusterLink,
  project: string,
  number: number | undefined,
  context: CallContext,
): Promise<Plan & { target: Release }> {
  const { target } = await rollbackTarget(link, project, number, context);
  return { ...(await planContent(link, await contentOfRelease(link, target, context), context)), target };
}

async function rollbackTarget(link: ClusterLink, project: string, number: number | undefined, context: CallContext) {
  const releases = await readReleases(link, project, context);
  const current = releases.at(-1);
  if (!current) {
    throw new ShardfoldError('RELEASE_NOT_FOUND', `the record knows no release of ${project}`, {
      hint: 'deploy from the sources: shardfold deploy',
    });
  }
  const target = number === undefined ? releases.at(-2) : releases.find((release) => release.number === number);
  if (target) return { target, current };
  const what = number === undefined ? `a release before ${current.number}` : `release ${number}`;
  throw new ShardfoldError('RELEASE_NOT_FOUND', `the record does not know ${what} of ${project}`, {
    hint: `it knows ${releases.map((release) => release.number).join(', ')}; see shardfold releases`,
  });
}

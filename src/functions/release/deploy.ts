/**
 * All libraries of a project on all shards, and its stable names switched; or an error, and every shard as it was.
 *
 * First the libraries whose names carry a hash are loaded everywhere, where nobody calls them yet: two deploys cannot conflict
 * in them. Then the library of stable names is replaced on all shards at once, and the release is recorded where nobody else
 * made one meanwhile. Deploys that died leave at worst shards with different stable names, and the next one mends that.
 */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError, showValue } from '../../errors.js';
import type { BuiltProject } from '../built.js';
import { type Content, contentOf, contentOfRelease, isContentOf } from './content.js';
import { DeployLease } from './lease.js';
import { readRelease } from './record.js';
import { DeployRun } from './run.js';
import type { DeployReport, Release } from './types.js';

export interface DeployOptions {
  readonly who: string;
  readonly message?: string;
  /** Shardfold's own functions with the project's. */
  readonly kernels?: boolean;
  /** The number of the release that must be the current one, 0 for none: for those who were shown a plan. */
  readonly base?: number;
  /** How long others wait for a deploy whose process died; 30,000 ms by default. */
  readonly leaseMs?: number;
}

const LONGEST_TEXT = 1000;

/**
 * Errors: DEPLOY_IN_PROGRESS naming who deploys, before anything is touched; DEPLOY_FAILED naming each shard that failed and
 * why, when every shard holds again what it held before (or the message says which do not); ABORTED likewise.
 */
export function deployProject(
  link: ClusterLink,
  built: BuiltProject,
  options: DeployOptions,
  context: CallContext,
): Promise<DeployReport> {
  return deployContent(link, contentOf(built, options.kernels), options, context);
}

export async function deployContent(
  link: ClusterLink,
  content: Content,
  { base, leaseMs, ...options }: DeployOptions & { rollbackOf?: number },
  context: CallContext,
): Promise<DeployReport> {
  const { who, message = '', rollbackOf } = options;
  checkText('who', who);
  checkText('message', message);
  const { project } = content;
  const lease = await DeployLease.take(link, project, { who, ...(leaseMs !== undefined && { leaseMs }) }, context);
  try {
    if (base !== undefined && lease.base !== base) throw outdated(lease.base);
    const current = (await readRelease(link, project, lease.base, context)) ?? null;
    const run = new DeployRun({ link, content, current, lease, context });
    const isNew = !isContentOf(current, content);
    const kept = isNew && current ? await keptLibraries(link, current, content, context) : [];
    await run.examine();
    await run.load(kept);
    await run.switchNames();
    const about = { who, message, ...(rollbackOf !== undefined && { rollbackOf }) };
    if (!isNew) await run.confirm();
    const release = isNew ? await run.commit(about) : (current as Release);
    return { project, release, isNew, rows: run.rows, found: run.found };
  } finally {
    await lease.leave();
  }
}

/** Apps of the release before still call these: a shard that lost them gets them back, too. */
async function keptLibraries(link: ClusterLink, current: Release, { libraries }: Content, context: CallContext) {
  const lacking = current.libraries.filter(({ name }) => !libraries.some((other) => other.name === name));
  try {
    const content = await contentOfRelease(link, { ...current, libraries: lacking, alias: null }, context);
    return content.libraries;
  } catch (error) {
    // The record lost their code; then they are where they are.
    if (error instanceof ShardfoldError && error.code === 'DATA_LOSS') return [];
    throw error;
  }
}

function checkText(name: string, text: string): void {
  const isGood = typeof text === 'string' && text.length <= LONGEST_TEXT && (name !== 'who' || text !== '');
  if (isGood) return;
  const shown = typeof text === 'string' && text !== '' ? `has ${text.length} characters` : `is ${showValue(text)}`;
  throw new ShardfoldError('INVALID_ARGUMENT', `${name} ${shown}`, {
    hint: `a text of at most ${LONGEST_TEXT} characters${name === 'who' ? ', not empty' : ''}`,
  });
}

const outdated = (head: number): ShardfoldError =>
  new ShardfoldError('DEPLOY_IN_PROGRESS', `release ${head} was made since the plan was shown`, {
    hint: 'look at the plan again',
  });

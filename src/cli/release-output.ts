/** How plans, deploys and releases are shown; shared by the commands that make and show them. */
import { hostname, userInfo } from 'node:os';
import { takenHint, takenText } from '../functions/release/foreign.js';
import type { DeployReport, Plan, PlanRow, Release } from '../functions/release/types.js';
import { paint, say } from './output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

/** Who acts, as a release record names them: what --who says, the user of a CI job, or user@host. */
export function whoActs(flag: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (flag !== undefined) return flag;
  if (env.GITHUB_ACTOR) return `${env.GITHUB_ACTOR} (GitHub run ${env.GITHUB_RUN_ID ?? '?'})`;
  if (env.GITLAB_USER_LOGIN) return `${env.GITLAB_USER_LOGIN} (GitLab job ${env.CI_JOB_ID ?? '?'})`;
  if (env.BUILDKITE_BUILD_CREATOR)
    return `${env.BUILDKITE_BUILD_CREATOR} (Buildkite ${env.BUILDKITE_BUILD_NUMBER ?? '?'})`;
  return `${env.USER || env.USERNAME || userName()}@${hostname()}`;
}

/** A container's user need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

/** A release as JSON shows it: the time as text, and of its libraries the names. */
export function releaseJson({ time, libraries, alias, ...rest }: Release) {
  return {
    ...rest,
    time: new Date(time).toISOString(),
    libraries: libraries.map(({ source, name, hash }) => ({ source, name, hash })),
    alias: alias && { name: alias.name, hash: alias.hash },
  };
}

export const planJson = ({ current, ...rest }: Plan) => ({ ...rest, current: current && releaseJson(current) });

export const reportJson = ({ release, ...rest }: DeployReport) => ({ ...rest, release: releaseJson(release) });

const PLAN_TITLES = ['shard', 'library', 'holds', 'will hold', 'plan'];

export function planTable(rows: readonly PlanRow[]): string {
  const cells = rows.map(({ address, source, kind, from, to, action, note }) => [
    address,
    kind === 'alias' ? `${source} (stable names)` : source,
    from,
    to,
    note ? `${action}: ${note}` : action,
  ]);
  return formatTable(PLAN_TITLES, cells, { empty: '-', right: [] });
}

/** What the table does not show: names that callers in other languages gain and lose, and what becomes of the record. */
export function sayPlan({ current, isNew, changes, names, taken, rows }: Plan): void {
  for (const one of taken) say(paint('red', `a deploy refuses this: ${takenText(one)}`));
  if (taken.length > 0) say(`${paint('cyan', 'hint:')} ${takenHint(taken)}`);
  if (names.added.length > 0) say(paint('green', `new stable names: ${names.added.join(', ')}`));
  if (names.removed.length > 0) say(paint('yellow', `stable names that go: ${names.removed.join(', ')}`));
  const held = current ? `release ${current.number}` : 'no release';
  if (!changes) {
    say(paint('green', `nothing to do: every shard holds ${held}`));
    return;
  }
  const open = new Set(rows.filter(({ action }) => action !== 'in step').map(({ id }) => id)).size;
  const outcome = isNew ? `${held} → release ${(current?.number ?? 0) + 1}` : `${held}, mended`;
  say(`${outcome}: ${formatCounted(open, 'shard')} to change`);
}

export function reportTable({ rows }: DeployReport): string {
  const cells = rows.map(({ address, source, kind, hash, functions, action }) => [
    address,
    kind === 'alias' ? `${source} (stable names)` : source,
    hash,
    functions,
    action,
  ]);
  return formatTable(['shard', 'library', 'hash', 'functions', 'done'], cells, { empty: '-' });
}

export function sayReport({ project, release, isNew, rows, found }: DeployReport): void {
  for (const remark of found) say(paint('yellow', `found: ${remark}`));
  const mended = new Set(rows.filter(({ action }) => action !== 'present').map(({ id }) => id)).size;
  const done = isNew
    ? `release ${release.number} is on all shards`
    : mended > 0
      ? `no new release: ${formatCounted(mended, 'shard')} mended, all hold release ${release.number}`
      : `nothing to do: every shard holds release ${release.number}`;
  say(paint('green', `${project}: ${done}, verified and warmed up`));
}

export function releaseTable(releases: readonly Release[]): string {
  const projects = new Set(releases.map(({ project }) => project));
  const shown = projects.size > 1 ? ['project'] : [];
  const latest = new Map(releases.map((release) => [release.project, release.number]));
  const rows = [...releases]
    .reverse()
    .map((release) => [
      ...(projects.size > 1 ? [release.project] : []),
      release.number,
      latest.get(release.project) === release.number ? 'current' : null,
      new Date(release.time).toISOString().replace(/\.\d+Z$/, 'Z'),
      release.who,
      release.hash,
      messageOf(release),
    ]);
  return formatTable([...shown, 'release', '', 'time', 'who', 'hash', 'message'], rows, { right: ['release'] });
}

function messageOf({ message, rollbackOf }: Release): string {
  const back = rollbackOf === undefined ? '' : `back to ${rollbackOf}`;
  return [back, message].filter(Boolean).join(': ');
}

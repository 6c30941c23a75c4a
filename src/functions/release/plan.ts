/** Shard by shard, what a deploy would change. Nothing is changed by looking. */
import { messageOf } from '../../cluster/errors.js';
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { BuiltProject } from '../built.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import type { Library } from '../library.js';
import { type Content, contentOf, isContentOf, KERNELS } from './content.js';
import { describeForeign, type Foreign, foreignHolders } from './foreign.js';
import { holds } from './install.js';
import { currentRelease } from './record.js';
import { onEveryShard, shardsOf } from './shards.js';
import { stableHash } from './status.js';
import type { Plan, PlanRow, Release } from './types.js';

/** Errors: those of a shard that could not be asked; a plan knows all shards or is none. */
export function planProject(
  link: ClusterLink,
  built: BuiltProject,
  context: CallContext,
  { kernels = false }: { kernels?: boolean } = {},
): Promise<Plan> {
  return planContent(link, contentOf(built, kernels), context);
}

export async function planContent(link: ClusterLink, content: Content, context: CallContext): Promise<Plan> {
  const { project, hash } = content;
  const current = await currentRelease(link, project, context);
  const isNew = !isContentOf(current, content);
  const { rows, foreign } = await planShards(link, content, current, context);
  const taken = await describeForeign(link, foreign, context);
  const changes = isNew || rows.some(({ action }) => action !== 'in step');
  return { project, hash, current, isNew, changes, names: nameChanges(current, content), taken, rows };
}

/** The plan for Shardfold's own functions, which have no releases. */
export async function planKernels(link: ClusterLink, context: CallContext): Promise<PlanRow[]> {
  const content = { project: KERNELS.source, hash: KERNELS.hash, libraries: [KERNELS], alias: null };
  return (await planShards(link, content, null, context)).rows;
}

async function planShards(link: ClusterLink, content: Content, current: Release | null, context: CallContext) {
  const rows = new Map<string, PlanRow[]>();
  const foreign = new Map<string, Foreign>();
  const failures = await onEveryShard(link, context, async (node, own) => {
    const held = await readAllLibraries(link, node, own);
    rows.set(node.id, planShard(node, held, content, current));
    foreign.set(node.address, foreignHolders(held, content));
  });
  if (failures.length > 0) throw unplanned(failures);
  return { rows: shardsOf(link).flatMap(({ id }) => rows.get(id) ?? []), foreign };
}

function planShard(
  { id, address }: NodeInfo,
  held: readonly HeldLibrary[],
  content: Content,
  current: Release | null,
): PlanRow[] {
  const at = { id, address };
  const kept = current?.libraries.filter(({ name }) => !content.libraries.some((other) => other.name === name)) ?? [];
  const isHeld = (name: string) => held.some((library) => library.name === name);
  const rows = content.libraries.map((wanted): PlanRow => {
    const row = { ...at, source: wanted.source, kind: 'library' as const, to: wanted.hash };
    const own = held.find(({ name }) => name === wanted.name);
    if (own && holds(own, wanted)) return { ...row, action: 'in step', from: wanted.hash };
    if (own) return { ...row, action: 'change', from: wanted.hash, note: BY_HAND };
    const before = kept.find(({ source, name }) => source === wanted.source && isHeld(name));
    const from = before?.hash ?? someVersion(wanted.source, held);
    return { ...row, action: from === null ? 'add' : 'change', from };
  });
  for (const { source, name, hash } of kept) {
    const row = { ...at, source, kind: 'library' as const };
    const replaced = content.libraries.some((library) => library.source === source);
    if (!isHeld(name)) {
      const note = `of release ${current?.number}, for apps that still call it`;
      rows.push({ ...row, action: 'add', from: null, to: hash, note });
    } else if (!replaced)
      rows.push({ ...row, action: 'remove', from: hash, to: null, note: 'stays until it is pruned' });
  }
  const alias = planAlias(
    held.find(({ name }) => name === content.project),
    content.alias,
  );
  return alias ? [...rows, { ...at, source: content.project, kind: 'alias', ...alias }] : rows;
}

type Step = Pick<PlanRow, 'action' | 'from' | 'to' | 'note'>;

const BY_HAND = 'its code was changed by hand';

function planAlias(held: HeldLibrary | undefined, wanted: Library | null): Step | undefined {
  const from = held ? (stableHash(String(held.code)) ?? null) : null;
  const to = wanted?.hash ?? null;
  if (held && from === null) return { action: 'change', from, to, note: 'no deploy made it: a deploy refuses it' };
  if (!wanted) return held && { action: 'remove', from, to };
  if (!held) return { action: 'add', from, to };
  if (holds(held, wanted)) return { action: 'in step', from, to };
  return { action: 'change', from, to, ...(from === to && { note: BY_HAND }) };
}

function someVersion(source: string, held: readonly HeldLibrary[]): string | null {
  const [hash] = held.flatMap(({ name }) => {
    const rest = name.startsWith(`${source}_`) ? name.slice(source.length + 1) : '';
    return /^[0-9a-f]{12}$/.test(rest) ? [rest] : [];
  });
  return hash ?? null;
}

function nameChanges(current: Release | null, { alias }: Content): Plan['names'] {
  const names = (functions: readonly { name: string }[] = []) =>
    functions.map(({ name }) => name).filter((name) => name !== 'warm');
  const before = names(current?.alias?.functions);
  const after = names(alias?.functions);
  const added = after.filter((name) => !before.includes(name)).sort();
  const removed = before.filter((name) => !after.includes(name)).sort();
  return { added, removed };
}

function unplanned(failures: readonly { node?: NodeInfo; error: unknown }[]): unknown {
  const [first] = failures;
  if (failures.length === 1 || !(first?.error instanceof ShardfoldError)) return first?.error;
  const { code, hint } = first.error;
  const lines = failures.map(({ node, error }) => `\n  ${node ? `${node.address}: ` : ''}${messageOf(error)}`);
  return new ShardfoldError(code, `${failures.length} shards could not be asked${lines.join('')}`, {
    ...(hint !== undefined && { hint }),
    cause: new AggregateError(failures.map(({ error }) => error)),
  });
}

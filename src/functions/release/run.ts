/** The steps of one deploy under its lease, and the way back from each of them. */
import { slotOf } from '../../cluster/slots.js';
import type { NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { readAllLibraries } from '../inspect.js';
import type { ContentLibrary } from './content.js';
import { describeForeign, type Foreign, foreignHolders, takenError } from './foreign.js';
import { type Done, install, installAlias, type Site, waitForReplicas } from './install.js';
import { isUncertain } from './lease.js';
import { recordKey } from './record.js';
import { type Ground, retreat } from './retreat.js';
import { type Failure, onEveryShard, shardsOf, stepContext } from './shards.js';
import { stableHash } from './status.js';
import type { DeployRow, Release } from './types.js';
import { deployError, type Undo } from './undo.js';

export interface DeployParts extends Ground {
  /** The release that is replaced. */
  readonly current: Release | null;
}

export class DeployRun {
  readonly #parts: DeployParts;
  readonly #undos: Undo[] = [];
  readonly #rows = new Map<string, DeployRow>();
  /** By node. */
  readonly #remarks = new Map<string, string[]>();
  readonly #loaded = new Set<string>();
  #kept: readonly ContentLibrary[] = [];

  constructor(parts: DeployParts) {
    this.#parts = parts;
  }

  /** Shard by shard, in the order of their slots, as they stand now. */
  get rows(): DeployRow[] {
    const { link, content } = this.#parts;
    const sources = [...content.libraries, ...this.#kept].map(({ name }) => name);
    const names = [...sources, content.project];
    return shardsOf(link).flatMap(({ id }) => names.flatMap((name) => this.#rows.get(`${id} ${name}`) ?? []));
  }

  /** What was amiss, and is right now. */
  get found(): string[] {
    const { link, lease } = this.#parts;
    const { died } = lease;
    const since = died && new Date(died.since).toISOString();
    const deaths = died
      ? [`the deploy of ${died.who}, since ${since}, never ended: its process died, or lost the cluster`]
      : [];
    return [...deaths, ...shardsOf(link).flatMap(({ id }) => this.#remarks.get(id) ?? [])];
  }

  /** @throws DEPLOY_FAILED where names are taken by libraries of others, before anything is changed */
  async examine(): Promise<void> {
    const { link, content, context } = this.#parts;
    const found = new Map<string, Foreign>();
    await this.#onEveryShard(async ({ node, context }) => {
      found.set(node.address, foreignHolders(await readAllLibraries(link, node, context), content));
    });
    const taken = await describeForeign(link, found, stepContext(link, context));
    if (taken.length > 0) throw takenError(content.project, taken);
  }

  /** @param kept Libraries of the current release that are brought only where they are missing. */
  async load(kept: readonly ContentLibrary[]): Promise<void> {
    this.#kept = kept;
    await this.#onEveryShard((site) => this.#loadInto(site));
  }

  async switchNames(): Promise<void> {
    const { content, lease } = this.#parts;
    await this.#onEveryShard(async (site) => {
      // It joined, or was promoted, in between.
      if (!this.#loaded.has(site.node.id)) await this.#loadInto(site);
      await lease.confirm();
      const done = await installAlias(site, content.project, content.alias);
      this.#compare(site.node, done.before);
      if (done.action !== 'present') await waitForReplicas(site.link, site.node, site.context);
      if (done.hash !== null || done.action !== 'present') this.#note(site.node, content.project, 'alias', done);
    });
  }

  async commit(about: Pick<Release, 'who' | 'message' | 'rollbackOf'>): Promise<Release> {
    const release = await this.#record(about);
    await this.#waitForRecord(release);
    return release;
  }

  async #record(about: Pick<Release, 'who' | 'message' | 'rollbackOf'>): Promise<Release> {
    const { link, lease, content, context } = this.#parts;
    try {
      // Of the signal: how long it all took is no matter.
      stepContext(link, context).check();
      return await lease.commit(content, about);
    } catch (error) {
      if (!isUncertain(error)) throw await this.#retreat([{ error }]);
      // All shards agree by now: taking back what may be recorded would only make it worse.
      const aftermath =
        'every shard holds it, but whether the release was recorded is not known; deploying again settles it';
      throw deployError(content.project, [{ error }], aftermath);
    }
  }

  /** For a deploy that records nothing: whether it was alone until its end. */
  async confirm(): Promise<void> {
    try {
      await this.#parts.lease.confirm();
    } catch (error) {
      throw await this.#retreat([{ error }]);
    }
  }

  /** A failover to a replica that lacks the record would forget the release. */
  async #waitForRecord({ number }: Release): Promise<void> {
    const { link, context } = this.#parts;
    let node: NodeInfo | undefined;
    try {
      node = link.ownerOf(slotOf(recordKey));
      const patience = link.context({ timeoutMs: context.timeoutMs });
      const { reached, replicas } = await waitForReplicas(link, node, patience);
      if (reached >= replicas) return;
      const held = `${reached} of its ${replicas === 1 ? '1 replica' : `${replicas} replicas`}`;
      this.#remark(node, `keeps the record of releases, and ${held} had release ${number} after a second`);
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      // It is recorded in any case.
      if (node)
        this.#remark(node, `keeps the record of releases, and does not say whether a replica has it: ${error.message}`);
    }
  }

  async #onEveryShard(work: (site: Site) => Promise<void>): Promise<void> {
    const { link, context } = this.#parts;
    const undos = this.#undos;
    const failures = await onEveryShard(link, stepContext(link, context), (node, own) =>
      work({ link, node, context: own, undos }),
    );
    if (failures.length > 0) throw await this.#retreat(failures);
  }

  async #loadInto(site: Site): Promise<void> {
    const { node } = site;
    let changed = false;
    for (const library of this.#parts.content.libraries) {
      const done = await install(site, library);
      changed ||= done.action !== 'present';
      this.#note(node, library.source, 'library', done);
    }
    for (const library of this.#kept) {
      const done = await install(site, library).catch((error: unknown) => this.#unlessRefused(node, library, error));
      if (!done || done.action === 'present') continue;
      changed = true;
      this.#note(node, library.source, 'library', done);
    }
    if (changed) await waitForReplicas(site.link, node, site.context);
    this.#loaded.add(node.id);
  }

  #note({ id, address }: NodeInfo, source: string, kind: DeployRow['kind'], done: Done): void {
    const { action, name, hash, functions } = done;
    // Not counted: `warm`, which the bundler adds.
    const own = { id, address, source, kind, action, name, hash, functions: Math.max(0, functions - 1) };
    this.#rows.set(`${id} ${name}`, own);
  }

  /** A server that does not take the old release any more must not keep the new one away. */
  #unlessRefused(node: NodeInfo, { name }: ContentLibrary, error: unknown): undefined {
    if (!(error instanceof ShardfoldError) || error.code !== 'FUNCTION_LOAD_FAILED') throw error;
    this.#remark(node, `lacks ${name} of the release before, and refuses it: ${error.message}`);
  }

  #compare(node: NodeInfo, before: Buffer | undefined): void {
    const { current } = this.#parts;
    const held = before === undefined ? null : (stableHash(String(before)) ?? null);
    if (held === (current?.alias?.hash ?? null)) return;
    const what = held === null ? 'no stable names' : `the stable names ${held}`;
    const expected = current ? `instead of those of release ${current.number}` : 'though the record knew no release';
    this.#remark(node, `held ${what} ${expected}`);
  }

  #remark({ id, address }: NodeInfo, text: string): void {
    this.#remarks.set(id, [...(this.#remarks.get(id) ?? []), `${address} ${text}`]);
  }

  /** Everything back; the error to throw. */
  #retreat(failures: readonly Failure[]): Promise<ShardfoldError> {
    return retreat({ ...this.#parts, undos: this.#undos }, failures);
  }
}

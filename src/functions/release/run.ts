/** The steps of one deploy under its lease, and the way back from each of them. */
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type Content, type ContentLibrary, contentOfRelease } from './content.js';
import { type Done, install, installAlias, type Site, waitForReplicas } from './install.js';
import type { DeployLease } from './lease.js';
import { readRelease } from './record.js';
import { type Failure, onEveryShard, shardsOf, stepContext } from './shards.js';
import { stableHash } from './status.js';
import type { DeployRow, Release } from './types.js';
import { deployError, stuckText, takeBack, UNCHANGED, type Undo } from './undo.js';

export interface DeployParts {
  readonly link: ClusterLink;
  readonly content: Content;
  /** The release that is replaced. */
  readonly current: Release | null;
  /** Of all projects: the libraries that they name are not deleted. */
  readonly releases: readonly Release[];
  readonly lease: DeployLease;
  readonly context: CallContext;
}

/** After these nobody knows whether the release was recorded. */
const UNCERTAIN = new Set(['TIMEOUT', 'CONNECTION_FAILED', 'CLUSTER_DOWN']);

/** Deploys that overtake each other again and again. */
const MOST_TRIES = 10;

const UNTOUCHED = 'it had not touched the stable names';
const MIXED = 'its stable names may be mixed with those of another deploy';

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
    const { lease, content, context } = this.#parts;
    try {
      context.check();
      return await lease.commit(content, about);
    } catch (error) {
      if (!(error instanceof ShardfoldError) || !UNCERTAIN.has(error.code)) throw await this.#undone([{ error }]);
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
      throw await this.#undone([{ error }]);
    }
  }

  async #onEveryShard(work: (site: Site) => Promise<void>): Promise<void> {
    const { link, context } = this.#parts;
    const undos = this.#undos;
    const failures = await onEveryShard(link, stepContext(link, context), (node, own) =>
      work({ link, node, context: own, undos }),
    );
    if (failures.length > 0) throw await this.#undone(failures);
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

  /** Takes the deploy back as far as it is this deploy's to take back; the error to throw. */
  async #undone(failures: readonly Failure[]): Promise<ShardfoldError> {
    const { content, lease } = this.#parts;
    const failed = (aftermath: string) => deployError(content.project, failures, aftermath);
    try {
      let isTouched = this.#undos.some(({ library }) => library === content.project);
      let state = await lease.state();
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        let aftermath: string;
        if (state === 'overtaken') {
          // The libraries that carry a hash may be those of the other deploy, too: they stay.
          if (!isTouched) return failed(UNTOUCHED);
          await lease.regain();
          aftermath = await this.#settle();
        } else {
          // Where the record cannot be reached, nobody else can deploy either.
          aftermath = await this.#takeBack();
          isTouched = true;
        }
        // What was just done may have come late as well.
        state = await lease.state();
        if (state !== 'overtaken') return failed(aftermath);
      }
      return failed(`${MIXED}: shardfold plan shows it`);
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      return failed(`${MIXED}: ${error.message}; shardfold plan shows it`);
    }
  }

  async #takeBack(): Promise<string> {
    const { link, context, releases } = this.#parts;
    const named = new Set(releases.flatMap(({ libraries }) => libraries.map(({ name }) => name)));
    const undos = this.#undos.filter(({ isNew, library }) => !(isNew && named.has(library)));
    const stuck = await takeBack(link, undos, context.timeoutMs);
    return stuck.length > 0 ? stuckText(stuck) : UNCHANGED;
  }

  /**
   * Another deploy went on meanwhile, and what this one did may lie on top of what that one did: now all shards get the
   * release that the record says is current.
   */
  async #settle(): Promise<string> {
    const { link, content, context, lease } = this.#parts;
    const { project } = content;
    const patience = link.context({ timeoutMs: context.timeoutMs });
    const release = await readRelease(link, project, lease.base, patience);
    if (!release) return this.#takeBack();
    const { libraries, alias } = await contentOfRelease(link, release, patience);
    const failures = await onEveryShard(link, patience, async (node, own) => {
      const site = { link, node, context: own, undos: [] };
      for (const library of libraries) await install(site, library);
      await installAlias(site, project, alias);
    });
    const stuck = failures.flatMap(({ node }) => node?.address ?? []);
    return stuck.length > 0 ? stuckText(stuck) : `every shard holds release ${release.number}`;
  }
}

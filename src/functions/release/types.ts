/** What a release is, what a deploy did, and what a plan foresees: plain data, as commands print it. */
import type { Specs } from '../built.js';
import type { LibraryFunction } from '../bundle.js';

/** A library as a release names it; its code lies in the record under its hash. */
export interface ReleasedLibrary {
  /** Its name in the project; of Shardfold's own library `shardfold`. */
  readonly source: string;
  /** On the servers: `<source>_<hash>`. */
  readonly name: string;
  readonly hash: string;
  readonly functions: readonly LibraryFunction[];
  readonly specs: Specs;
}

/** The library of stable names; `name` is that of the project. */
export type ReleasedAlias = Omit<ReleasedLibrary, 'source' | 'specs'>;

/** What a deploy or a rollback brought to all shards. Never changed once it is recorded. */
export interface Release {
  readonly project: string;
  /** 1, 2, 3… */
  readonly number: number;
  /** Milliseconds since 1970, by the clock of the server that keeps the record. */
  readonly time: number;
  readonly who: string;
  /** Empty where none was given. */
  readonly message: string;
  /** The hash of the built project. */
  readonly hash: string;
  readonly libraries: readonly ReleasedLibrary[];
  readonly alias: ReleasedAlias | null;
  /** Of a rollback: the release whose code it brought back. */
  readonly rollbackOf?: number;
}

/** Who deploys a project at the moment. It keeps others away by courtesy; nothing that must be exact rests on it. */
export interface Lease {
  readonly who: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly since: number;
  /** When it runs out, unless it is renewed. */
  readonly expires: number;
}

/** Of one library on one shard. The library of stable names is `alias`, with the project as its source. */
export interface ShardLibrary {
  /** The primary's node id and address. */
  readonly id: string;
  readonly address: string;
  readonly source: string;
  readonly kind: 'library' | 'alias';
}

/** What a deploy would do with one library on one shard. */
export interface PlanRow extends ShardLibrary {
  /** `remove`: an alias is deleted; a library is named by no release from now on, and stays until it is pruned. */
  readonly action: 'add' | 'change' | 'remove' | 'in step';
  /** The hash that the shard holds; null for none. Of a library the one of the current release, where it is there. */
  readonly from: string | null;
  /** The hash that it would hold; null where nothing is wanted. */
  readonly to: string | null;
  /** What is unusual about it. */
  readonly note?: string;
}

/** Stable names that a deploy wants, and a library holds that is not its own: the servers would refuse it. */
export interface TakenNames {
  /** Who holds them. */
  readonly library: string;
  /** The project that deployed it; null where no release names it. */
  readonly project: string | null;
  readonly functions: readonly string[];
  /** Addresses of the shards where it is so. */
  readonly nodes: readonly string[];
}

export interface Plan {
  readonly project: string;
  /** The hash of the built project. */
  readonly hash: string;
  /** The release that is current now; null where there is none. */
  readonly current: Release | null;
  /** True where a deploy would record a new release. */
  readonly isNew: boolean;
  /** True where a deploy would change a shard or record a release. */
  readonly changes: boolean;
  /** Stable names that callers in other languages gain and lose. */
  readonly names: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Where this is not empty a deploy refuses to begin. */
  readonly taken: readonly TakenNames[];
  readonly rows: readonly PlanRow[];
}

/** What a deploy did with one library on one shard. */
export interface DeployRow extends ShardLibrary {
  /** `removed` only of an alias. */
  readonly action: 'loaded' | 'replaced' | 'removed' | 'present';
  readonly name: string;
  /** Null where the alias was removed. */
  readonly hash: string | null;
  readonly functions: number;
}

export interface DeployReport {
  readonly project: string;
  /** The release that all shards hold now. */
  readonly release: Release;
  /** False where that release was current already; its shards were verified, and mended where need be. */
  readonly isNew: boolean;
  readonly rows: readonly DeployRow[];
  /**
   * What was found amiss and is right now: a deploy that died, shards that differed, a record that was lost. Also where the
   * replicas of the node with the record do not have the release yet.
   */
  readonly found: readonly string[];
}

/** What the rooms above know of the servers. Nothing here imports the client library. */

/**
 * A reply with bulk strings (and simple ones, such as OK) as Buffers, maps as flat lists of keys and values. The Buffers may
 * be views of what the socket read: copy what is kept for long, or a few bytes keep 64 KiB alive.
 */
export type Reply = Buffer | number | boolean | null | readonly Reply[];

export type Argument = string | Buffer;

/** Counts of one piece of work, filled by the calls made under it and read by its receipt. */
export interface Tally {
  calls: number;
  /** By cause: MOVED, TRYAGAIN, CLUSTERDOWN, NOSCRIPT, FUNCTION_MISSING, CONNECTION_LOST, … */
  retries: Record<string, number>;
  bytesSent: number;
  bytesReceived: number;
}

/**
 * One deadline, handed down through all stages of a piece of work: `timeoutMs` without progress. Retries wait and go on
 * until it has passed. Every reply is progress; whoever makes other progress calls `progress()`.
 */
export interface CallContext {
  readonly timeoutMs: number;
  remaining(): number;
  progress(): void;
  /** Throws ABORTED or TIMEOUT where the work is to stop. */
  check(): void;
  readonly signal?: AbortSignal;
  readonly tally: Tally;
}

export interface NodeInfo {
  /** The server's own node id; `host:port` for a server without cluster mode. */
  readonly id: string;
  readonly address: string;
  readonly role: 'primary' | 'replica';
  /** The id of the primary that a replica copies. */
  readonly replicaOf?: string;
  /** The cluster calls it failed. A failed primary owns its slots until a replica takes over; without slots it is of no use. */
  readonly down?: true;
  /** Ranges of slots [from, to], both inclusive; empty for replicas. */
  readonly slots: readonly (readonly [number, number])[];
}

export interface KeyedCall {
  /** Any key of the call: it decides the slot. All keys of a call share it. */
  readonly key: Argument;
  readonly command: readonly Argument[];
  readonly readOnly: boolean;
  /** True where running the command twice leaves what running it once leaves; lost connections are then retried. */
  readonly idempotent: boolean;
  /**
   * True where whoever calls asks for fewer keys at once when some of them have moved and others not, or are missing while their
   * slot moves: TRYAGAIN then fails at once (`isDivided`), for with one key there is none. Else it is retried until the deadline.
   */
  readonly divisible?: boolean;
}

/** The reply, or why there is none yet: MOVED, ASK, READONLY, TRYAGAIN, CLUSTERDOWN, CONNECTION_LOST, NOT_CONNECTED, … (counted as a retry). */
export type Tried = { readonly reply: Reply } | { readonly cause: string; readonly error: unknown };

/** The part of the cluster that the rooms above use. */
export interface ClusterLink {
  readonly isCluster: boolean;
  readonly prefix: string;
  /** `redis 7.0.15` or `valkey 8.1.1` */
  readonly server: string;
  /** All nodes, primaries first, from the present topology. */
  nodes(): readonly NodeInfo[];
  /** The primary that owns a slot now. */
  ownerOf(slot: number): NodeInfo;
  /** Sends a keyed command, follows redirects, retries what the table of errors allows until the deadline. */
  call(call: KeyedCall, context: CallContext): Promise<Reply>;
  /** Sends a command to one node, with no routing. `readOnly` also stands for whatever is harmless twice: it is then tried again. */
  callNode(nodeId: string, command: readonly Argument[], context: CallContext, readOnly?: boolean): Promise<Reply>;
  /**
   * Sends a command that is harmless twice to one node, once, for callers who decide themselves where it goes next: a node that is gone
   * is asked for nothing more where another has taken its slots. Throws what no later try would mend, and TIMEOUT and ABORTED.
   */
  tryNode(nodeId: string, command: readonly Argument[], context: CallContext): Promise<Tried>;
  /** Asks for a newer picture of the cluster, which comes a little later; more often than ten times a second changes nothing. */
  refresh(): void;
  context(options?: { timeoutMs?: number; signal?: AbortSignal }): CallContext;
  /**
   * Names all connections of this link, present and future, for whoever reads CLIENT LIST: printable ASCII without spaces. No
   * call waits for it, and none fails where the user may not do it.
   */
  label(text: string): void;
  close(): Promise<void>;
}

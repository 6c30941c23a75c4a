/** What the doctor finds, as plain data. */

export type RoleName = 'deployer' | 'writer' | 'reader' | 'key-writer' | 'key-reader';

/** `unknown`: this user may not look; `warning`: it works, and there is a danger. Only `failed` needs mending before use. */
export type Verdict = 'ok' | 'failed' | 'warning' | 'unknown';

/** Of one check on one node. */
export interface Finding {
  readonly check: string;
  /** The node's address. */
  readonly node: string;
  readonly verdict: Verdict;
  readonly value: string;
  /** Words of ACL SETUSER that would mend it, or show what is unknown. */
  readonly rules?: string;
  /** What else mends it. */
  readonly hint?: string;
  /** Of nodes that differ by this alone the highest is shown. */
  readonly level?: number;
}

/** A check, with the nodes that say the same. */
export interface CheckResult {
  readonly check: string;
  readonly verdict: Verdict;
  readonly value: string;
  /** Addresses. */
  readonly nodes: readonly string[];
  /** True where all nodes that were asked say so. */
  readonly everywhere: boolean;
  /** The line that mends it, to be run on each of these nodes by somebody who may. */
  readonly acl?: string;
  readonly hint?: string;
}

export interface Diagnosis {
  readonly user: string;
  readonly role: RoleName | null;
  readonly server: string;
  readonly cluster: boolean;
  readonly prefix: string;
  /** False where some check failed. */
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

/** What one node holds of our functions. */
export interface NodeReport {
  readonly id: string;
  readonly address: string;
  readonly role: 'primary' | 'replica';
  /** `shardfold_<hash>`: ours where it is there, else another version of it; null where there is none. */
  readonly library: string | null;
  readonly hash: string | null;
  /** How many functions that library has. */
  readonly functions: number;
  /** True where the node holds exactly the library that this version of Shardfold calls. */
  readonly inStep: boolean;
  /** False where the node could not be asked: then nothing is known of it but the problem. */
  readonly asked: boolean;
  /** Other versions beside it: of older or newer apps. */
  readonly others: readonly string[];
  /** Of a deploy: what it did. */
  readonly action?: 'loaded' | 'present';
  /** Why the node is not in step, or could not be asked. */
  readonly problem?: string;
}

/** What every pass over a source needs, where rows are wanted. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { RowSpec } from '../plan/rows-spec.js';
import type { RunOptions } from './options.js';

export type { RowSpec } from '../plan/rows-spec.js';

export interface RowWork {
  readonly link: ClusterLink;
  readonly spec: RowSpec;
  readonly options: RunOptions;
  readonly context: CallContext;
}

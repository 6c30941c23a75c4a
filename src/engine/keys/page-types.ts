/** What a page of rows of keys is asked for, and what it is. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import type { Physical } from '../../expr/typed.js';
import type { Columns } from '../local-table.js';
import type { RunOptions } from '../options.js';
import type { Receipt } from '../receipt.js';

export interface KeysRun {
  readonly link: ClusterLink;
  readonly run: RunOptions;
  readonly context: CallContext;
}

export interface KeysPageRange {
  /** The place of the last row of the page before, in the total order. */
  readonly last: readonly Physical[] | undefined;
  /** Rows to be passed over where there was none. */
  readonly skip: number;
  readonly most: number;
}

export interface KeysPage {
  readonly columns: Columns;
  /** The places of the rows. */
  readonly places: readonly (readonly Physical[])[];
  readonly receipt: Receipt;
}

/** A page of a query as rows. */

import type { ClusterLink } from '../../cluster/types.js';
import type { PlanNode } from '../../plan/nodes.js';
import { type PageOptions, pageQuery } from '../page.js';
import type { Receipt } from '../receipt.js';
import { type ResultRow, rowAppender } from './rows.js';
import { rowsOf } from './source.js';

export type { PageOptions } from '../page.js';

export interface Page<Row = ResultRow> {
  readonly rows: readonly Row[];
  /** The cursor of the page after this one; undefined where this is the last. It is text without secrets, fit for a URL. */
  readonly next: string | undefined;
  readonly receipt: Receipt;
}

export async function pageOf(link: ClusterLink, plan: PlanNode, options: PageOptions): Promise<Page> {
  const { outputs, columns, next, receipt } = await pageQuery(link, plan, options);
  const rows: ResultRow[] = [];
  rowAppender(outputs, rows)(columns, rowsOf(columns));
  return { rows, next, receipt };
}

/** A result that replaces one of the tables that it is made of follows that very version. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { openTable } from '../storage/catalog.js';
import type { TableSnapshot } from '../storage/types.js';

/** To be asked once the write is staged: from then on a version of another writer makes the publishing fail. @throws WRITE_CONFLICT */
export async function checkNewest(link: ClusterLink, own: TableSnapshot, context: CallContext): Promise<void> {
  const { tableId, version } = await openTable(link, own.name, context);
  if (tableId !== own.tableId || version !== own.version) throw overtaken(own);
}

export const overtaken = ({ name }: TableSnapshot): ShardfoldError =>
  new ShardfoldError('WRITE_CONFLICT', `"${name}" was replaced while this write began`, {
    hint: 'run it again: it starts from the newest version',
  });

/** Rows of keys whose texts are read on the client side. */

import { KeyKernel } from '../../codegen/keys/kernel.js';
import type { Physical } from '../../expr/typed.js';
import { allRows } from '../../plan/build.js';
import { keysSnapshot } from '../../plan/keys/snapshot.js';
import type { RowsRelation } from '../../plan/relation.js';
import type { Columns } from '../local-table.js';
import type { Receipt } from '../receipt.js';
import { takesPartials } from './client-row.js';
import type { KeysWork } from './pass.js';
import { parseRaw, rawSource } from './raw.js';
import { scanSpec } from './scan-spec.js';
import { walkKeys } from './walk.js';

/**
 * @param columns indexes of the source's columns
 * @param take gets their values, call by call
 */
export async function scanRaw(
  work: KeysWork,
  columns: readonly number[],
  limit: number | undefined,
  take: (values: Columns) => Promise<void> | undefined,
): Promise<Receipt> {
  const { keys } = work.snapshot;
  const raw = keysSnapshot(rawSource(keys, columns));
  const { parts, outputs } = allRows({ kind: 'keys', keys: raw.keys });
  const [part] = parts as readonly [RowsRelation['parts'][number]];
  // There are few of these texts: how many columns there are decides, not what they are called.
  const kernel = new KeyKernel(scanSpec(raw, part, outputs), raw.keys);
  const most = limit ?? Number.POSITIVE_INFINITY;
  let [rows, read] = [0, 0];
  const receipt = await walkKeys({
    ...work,
    script: () => kernel,
    ...takesPartials((partial, note) => {
      if (partial.rows[0] === 0 || rows >= most) return undefined;
      const texts = outputs.map((_, i) => (partial.fields[2 * i + 1] as readonly (readonly Physical[])[])[0] ?? []);
      const parsed = parseRaw(keys, columns, texts);
      note(parsed);
      read += parsed.rows;
      const left = most - rows;
      rows += Math.min(left, parsed.rows);
      return take(parsed.rows > left ? parsed.columns.map((values) => values.slice(0, left)) : parsed.columns);
    }),
    enough: () => rows >= most,
  });
  // The scripts take a string of packed numbers for one row.
  if (keys.kind !== 'packed' || receipt.keys === undefined) return receipt;
  return { ...receipt, keys: receipt.keys.map((pass) => ({ ...pass, rows: read })) };
}

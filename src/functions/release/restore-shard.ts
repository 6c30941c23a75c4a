/** One shard's part of a restore: what it holds is read now, and that is what it gets back where the restore fails. */
import type { Argument } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import { bytesOf, type ExportedLibrary } from './export-file.js';
import { type Site, waitForReplicas } from './install.js';
import { actionOf, type RestorePlan } from './restore-plan.js';
import { loadCommand } from './undo.js';

/** @param confirm Rejects where the leases were lost: called before anything is changed. */
export async function restoreShard(
  site: Site,
  { libraries, rows, replace }: RestorePlan,
  confirm: () => Promise<void>,
): Promise<void> {
  const { link, node, context } = site;
  const held = await readAllLibraries(link, node, context);
  const changed = libraries.filter((library) => actionOf(library, held) !== 'in step');
  if (changed.length === 0) return;
  const isPlanned = ({ name }: ExportedLibrary) =>
    rows.some(({ address, library, action }) => address === node.address && library === name && action === 'replace');
  const other = changed.find((one) => actionOf(one, held) === 'replace' && !replace && !isPlanned(one));
  if (other) throw differing(site, `holds another library ${other.name} since the plan was shown`);
  // A name that moves from one library to another is free only once the other has gone.
  const moving = held.filter((one) => changed.some(({ name }) => name === one.name) && givesAway(one, changed));
  if (moving.length > 0) await requireLoading(site);
  await confirm();
  for (const one of moving) await apply(site, one.name, deleteCommand(one.name), one);
  for (const library of changed) {
    const own = held.find(({ name }) => name === library.name);
    await apply(
      site,
      library.name,
      loadCommand(bytesOf(library.code)),
      own && !moving.includes(own) ? own : undefined,
      {
        isNew: own === undefined,
      },
    );
  }
  const after = await readAllLibraries(link, node, context);
  const missing = libraries.find((library) => actionOf(library, after) !== 'in step');
  if (missing) throw differing(site, `does not hold the ${missing.name} that was loaded`);
  await waitForReplicas(link, node, context);
}

/** @param before What the way back brings; undefined where the library is to be deleted. */
async function apply(
  { link, node, context, undos }: Site,
  library: string,
  command: readonly Argument[],
  before: HeldLibrary | undefined,
  { isNew } = { isNew: false },
): Promise<void> {
  // Noted first: a command whose answer is lost may have run.
  undos.push({ node, library, isNew, command: before ? loadCommand(before.code) : deleteCommand(library) });
  await link.callNode(node.id, command, context, true);
}

const deleteCommand = (name: string): Argument[] => ['FUNCTION', 'DELETE', name];

const differing = ({ node: { address } }: Site, what: string): ShardfoldError =>
  new ShardfoldError('FUNCTION_LOAD_FAILED', `${address} ${what}`, {
    shard: address,
    hint: 'somebody else may load functions at the same time: restore again',
  });

/** Whoever may delete and not load could neither go on nor back. @throws what a load would be refused with */
async function requireLoading({ link, node, context }: Site): Promise<void> {
  try {
    // Code of no library: the server looks at it only where loading is allowed.
    await link.callNode(node.id, ['FUNCTION', 'LOAD', ''], context, true);
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'SERVER_ERROR' || !/^ERR /.test(error.message))
      throw error;
  }
}

const givesAway = (held: HeldLibrary, changed: readonly ExportedLibrary[]): boolean =>
  changed.some(
    (library) => library.name !== held.name && library.functions.some((name) => held.functions.includes(name)),
  );

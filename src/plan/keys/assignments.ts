/** The assignments of an update: which field each writes, and the text that it gets. */

import { ShardfoldError } from '../../errors.js';
import type { Scope } from '../../expr/bind.js';
import { cast } from '../../expr/bind-cast.js';
import { literal } from '../../expr/make.js';
import type { ExprNode } from '../../expr/nodes.js';
import { columnsOf, type TypedExpr } from '../../expr/typed.js';
import { isWellFormed } from '../../storage/values.js';
import { bindPlain } from '../names.js';
import type { NamedExpr } from '../nodes.js';
import { asColumn, epochText } from './assigned-types.js';
import type { KeyColumn, KeySource } from './source.js';
import type { Assignment, Marker } from './write-spec.js';

/** In front of the id of an update: the field that tells that it was done. */
const MARKER = 'sf:update:';
/** A key is read into locals of Lua, three an assignment, of which there are 200. */
const MOST = 32;

const invalid = (message: string, hint: string): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', message, { hint });

export interface BoundUpdate {
  /** With a column for the text of each field that is written, and for the marker. */
  readonly source: KeySource;
  readonly assignments: readonly Assignment[];
  readonly marker: Marker | undefined;
}

/** @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH, CAST_FAILED for a constant that is no value of its column's type */
export function bindAssignments(
  keys: KeySource,
  scope: Scope,
  { columns, updateId }: { readonly columns: readonly NamedExpr[]; readonly updateId: string | undefined },
): BoundUpdate {
  if (columns.length === 0) throw invalid('update() names no column', "e.g. update({ total: col('price').mul(2) })");
  if (columns.length > MOST) throw invalid(`update() names ${columns.length} columns`, `at most ${MOST} at once`);
  const texts: KeyColumn[] = [];
  const text = (field: string): number => {
    const name = `\u0000text ${texts.length}`;
    return keys.columns.length + texts.push({ name, type: 'utf8', from: { of: 'field', field } }) - 1;
  };
  const read = new Set<number>();
  const assignments = columns.map(({ name, node }): Assignment => {
    const target = targetOf(name, keys);
    const value = bindPlain(node, scope);
    columnsOf(value, read);
    return { name, field: target.field, value: textOf(value, node, target.column), old: text(target.field) };
  });
  const written = assignments.map(({ field }) => field);
  const double = written.find((field, i) => written.indexOf(field) !== i);
  if (double !== undefined) throw invalid(`an update writes the field "${double}" twice`, 'give one value for a field');
  const marker = updateId === undefined ? undefined : `${MARKER}${checkId(updateId)}`;
  if (marker !== undefined && written.includes(marker))
    throw invalid(`an update writes its own marker "${marker}"`, 'leave out updateId to remove markers');
  if (marker === undefined) checkReads(keys, [...read], written);
  return {
    assignments,
    marker: marker === undefined ? undefined : { field: marker, column: text(marker) },
    source: { ...keys, columns: [...keys.columns, ...texts] },
  };
}

/** The field that a name stands for: that of the column, or one called so. */
function targetOf(name: string, { columns }: KeySource): { readonly field: string; readonly column?: KeyColumn } {
  const column = columns.find((each) => each.name === name);
  if (column?.from.of === 'field') return { field: column.from.field, column };
  if (column !== undefined) {
    throw invalid(
      `"${name}" is of the key, and no field`,
      `declare a field of that name under another one: { other: { field: '${name}', type: 'utf8' } }`,
    );
  }
  if (!isWellFormed(name))
    throw invalid('the name of a field is no well-formed text', 'half a surrogate pair is no text');
  return { field: name };
}

/** What a field gets: the text of a value of its column's type. */
function textOf(value: TypedExpr, node: ExprNode, column: KeyColumn | undefined): TypedExpr {
  const unit = column?.from.of === 'field' ? column.from.unit : undefined;
  const typed = column === undefined ? value : asColumn(value, node, column);
  if (typed.type === 'null') return literal('utf8', null);
  return unit === undefined ? cast(typed, 'utf8', node) : epochText(typed, unit, node);
}

function checkId(updateId: string): string {
  if (/^[\w.:-]{1,100}$/.test(updateId)) return updateId;
  throw invalid(`updateId is ${JSON.stringify(updateId)}`, '1 to 100 letters, digits, and any of _ . : -');
}

/** Written twice, `n = n + 1` is n + 2: whoever asks again, after a lost reply or an interruption, must be able to tell. */
function checkReads({ columns }: KeySource, read: readonly number[], written: readonly string[]): void {
  for (const index of read) {
    const { name, from } = columns[index] as KeyColumn;
    const isWritten = from.of === 'field' && written.includes(from.field);
    // Fields that are written change it, too.
    if (!isWritten && from.of !== 'memory') continue;
    throw invalid(
      isWritten ? `an update reads column "${name}", which it writes` : 'an update reads "memory", which it changes',
      "give it an updateId (--update-id), so that no key is updated twice: update({ … }, { updateId: 'prices-2024-05' })",
    );
  }
}

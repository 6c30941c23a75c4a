/** How to name the type of a column of keys, in a statement that has left it to a guess which does not do. */

import { childNodes, type ExprNode } from '../../expr/nodes.js';
import type { ValueType } from '../../expr/typed.js';
import { formatJsonPath } from '../../plan/keys/json-path.js';
import type { KeyColumn } from '../../plan/keys/source.js';
import { quoted, type Scope, type ScopeColumn } from '../scope.js';

/** The call in FROM that leaves the types open. */
export interface OpenCall {
  readonly name: string;
  readonly pattern: string;
}

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The call with the column's type: `hashes('order:*', 'price float64')`. */
export function typing({ name, pattern }: OpenCall, { name: column, from }: KeyColumn, type: string): string {
  const word = quoted(column);
  const text =
    from.of === 'field'
      ? `${word} ${type}${from.field === column ? '' : ` field "${from.field.replaceAll('"', '""')}"`}`
      : from.of === 'path'
        ? `${word} ${type}${from.path.length === 1 && from.path[0] === column ? '' : ` path ${formatJsonPath(from.path)}`}`
        : type;
  return `${name}(${quote(pattern)}, ${quote(text)})`;
}

/** What keys hold: their names, and places in lists, are of one type whatever the statement says. */
export const isOpen = ({ from: { of } }: KeyColumn): boolean =>
  of === 'field' || of === 'path' || of === 'value' || of === 'element';

/**
 * @param node what does not go with the types of its parts
 * @param typeOf of a part
 * @returns undefined where none of its parts is a column whose type was guessed
 */
export function namingHint(node: ExprNode, scope: Scope, typeOf: (part: ExprNode) => ValueType): string | undefined {
  const parts = childNodes(node);
  for (const part of parts) {
    const column = part.kind === 'column' ? scope.find(({ id }) => id === part.name) : undefined;
    if (column?.typing === undefined) continue;
    const others = parts.filter((other) => other !== part).map(typeOf);
    return `the type of ${quoted(column.name)} can be named: ${column.typing(wanted(column, others))}`;
  }
  return undefined;
}

/** Numbers for what looks like texts, unless it stands beside something else. */
function wanted({ type }: ScopeColumn, others: readonly ValueType[]): string {
  const other = others.find((each) => ['bool', 'date', 'timestamp', 'utf8'].includes(each) && each !== type);
  return other ?? (type === 'utf8' ? 'float64' : 'utf8');
}

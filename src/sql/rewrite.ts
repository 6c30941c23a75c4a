/** Expression trees walked and compared. */

import { childNodes, type ExprNode } from '../expr/nodes.js';

/** Names of the columns in an expression. */
export function columnsIn(node: ExprNode, into: Set<string> = new Set()): Set<string> {
  if (node.kind === 'column') into.add(node.name);
  for (const child of childNodes(node)) columnsIn(child, into);
  return into;
}

/** The same text for the same expression. */
export function keyOf(node: ExprNode): string {
  if (node.kind === 'literal' || node.kind === 'isIn') {
    const values = node.kind === 'literal' ? [node.value] : node.values;
    const shown = values.map((value) => `${typeof value} ${value instanceof Date ? value.getTime() : show(value)}`);
    return JSON.stringify([node.kind, ...shown, ...childNodes(node).map(keyOf)]);
  }
  const { kind, ...fields } = node;
  const own = Object.entries(fields).filter(([, value]) => typeof value !== 'object');
  const options = node.kind === 'aggregate' ? [node.options ?? {}, node.where !== undefined] : [];
  return JSON.stringify([kind, own, options, ...childNodes(node).map(keyOf)]);
}

const show = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));

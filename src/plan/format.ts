/** A plan in words, a step a line, the table first. */

import { type ExprNode, formatNode } from '../expr/nodes.js';
import { nameOfKeys } from './keys/snapshot.js';
import { inputsOf, type NamedExpr, type PlanNode, type SortBy } from './nodes.js';

export function formatPlan(plan: PlanNode): string[] {
  const inputs = inputsOf(plan);
  const [only, ...others] = inputs;
  if (only === undefined) return [stepText(plan)];
  if (others.length === 0) {
    const before = formatPlan(only);
    return [...before, branch(before.length, stepText(plan))];
  }
  const lines = inputs.flatMap((input) => formatPlan(input).map((line, i) => (i === 0 ? `• ${line}` : `  ${line}`)));
  return [...lines, stepText(plan)];
}

const branch = (depth: number, text: string): string => `${'  '.repeat(depth)}└ ${text}`;

function stepText(node: PlanNode): string {
  switch (node.kind) {
    case 'scan':
      return `scan ${node.table}${node.columns ? ` (${node.columns.map(({ name }) => name).join(', ')})` : ''}`;
    case 'keys':
      return nameOfKeys(node.source);
    case 'deferred':
      return `sql ${node.text}`;
    case 'filter':
      return `filter ${formatNode(node.predicate)}`;
    case 'withColumns':
    case 'select':
      return `${node.kind} ${namedText(node.columns)}`;
    case 'drop':
      return `drop ${node.names.join(', ')}`;
    case 'rename':
      return `rename ${Object.entries(node.names)
        .map(([old, name]) => `${old} as ${name}`)
        .join(', ')}`;
    case 'aggregate': {
      const by = node.keys.length > 0 ? ` by ${namedText(node.keys)}` : '';
      return `aggregate ${namedText(node.aggregates)}${by}`;
    }
    case 'distinct':
      return node.on === undefined ? 'distinct' : `distinct on ${node.on.join(', ')}`;
    case 'sort':
      return `sort ${node.by.map(sortText).join(', ')}`;
    case 'slice':
      return sliceText(node.offset, node.count);
    case 'sample':
      return `sample ${node.rest ? 'all but ' : ''}${node.fraction} by chance, seed ${node.seed}`;
    case 'union':
      return `union of ${node.inputs.length}`;
    case 'join':
      return `${node.how === 'semi' || node.how === 'anti' ? `${node.how}-join` : `${node.how} join`} on ${node.on.map(({ left, right }) => `${formatNode(left)} = ${formatNode(right)}`).join(', ')}`;
    case 'zip':
      return 'zip, row by row';
  }
}

function sliceText(offset: number, count: number | undefined): string {
  const limit = count === undefined ? [] : [`limit ${count}`];
  return [...limit, ...(offset > 0 ? [`offset ${offset}`] : [])].join(' ') || 'all rows';
}

function sortText({ node, descending, nullsFirst }: SortBy): string {
  return `${formatNode(node)}${descending ? ' desc' : ''}${nullsFirst ? ' nulls first' : ''}`;
}

function namedText(columns: readonly NamedExpr[]): string {
  const text = (name: string, node: ExprNode): string =>
    formatNode(node) === name ? name : `${formatNode(node)} as ${name}`;
  return columns.map(({ name, node }) => text(name, node)).join(', ');
}

/** A tree with some of its nodes replaced. */

import type { ExprNode } from './nodes.js';

/** The node with each of the nodes directly below it replaced by what `change` makes of it. */
export function mapChildren(node: ExprNode, change: (child: ExprNode) => ExprNode): ExprNode {
  switch (node.kind) {
    case 'column':
    case 'literal':
      return node;
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return { ...node, left: change(node.left), right: change(node.right) };
    case 'call':
      return { ...node, args: node.args.map(change) };
    case 'case': {
      const branches = node.branches.map((branch) => ({ when: change(branch.when), then: change(branch.then) }));
      return { ...node, branches, otherwise: change(node.otherwise) };
    }
    case 'aggregate':
      return { ...node, args: node.args.map(change), ...(node.where && { where: change(node.where) }) };
    default:
      return { ...node, arg: change(node.arg) };
  }
}

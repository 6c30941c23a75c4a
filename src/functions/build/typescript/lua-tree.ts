import type { Expression, Node } from 'typescript-to-lua';

/** Visits every node of a Lua tree, the inner ones first, and puts in its place what `change` makes of it. */
export function rewriteTree(root: Node, change: (node: Node) => Node): void {
  const done = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    const before = done.get(node);
    if (before) return before;
    // A tree may hold one node twice.
    done.set(node, node);
    visitFields(node, visit);
    const after = change(node);
    done.set(node, after);
    return after;
  };
  visit(root);
}

function visitFields(node: Node, visit: (node: Node) => Node): void {
  const fields = node as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) fields[name] = value.map((one) => (isNode(one) ? visit(one) : one));
    else if (isNode(value)) fields[name] = visit(value);
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value && 'flags' in value;

/** The new node, in the place of the old one. */
export function inPlaceOf<T extends Expression>(old: Node, made: T): T {
  if (old.line !== undefined) made.line = old.line;
  if (old.column !== undefined) made.column = old.column;
  return made;
}

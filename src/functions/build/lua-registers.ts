/** How many values a Lua expression holds at once. A function of Lua 5.1 has 249 places for them and its local variables. */
import type { Expression, Node } from 'luaparse';

export const MOST_REGISTERS = 249;

/**
 * The places in use, at most, while the expression is computed into the next one. Where only the compiler knows whether a value
 * needs one, it is taken to need none: the server has the last word.
 *
 * @param free Those that are in use before.
 */
export function registersOf(node: Node, free: number): number {
  switch (node.type) {
    case 'CallExpression':
      return Math.max(registersOf(node.base, free), registersOfList(node.arguments, afterCallee(node.base, free)));
    case 'TableCallExpression':
      return Math.max(registersOf(node.base, free), registersOf(node.arguments, afterCallee(node.base, free)));
    case 'StringCallExpression':
      return Math.max(registersOf(node.base, free), afterCallee(node.base, free) + 1);
    case 'MemberExpression':
      return registersOf(node.base, free);
    case 'IndexExpression':
      return Math.max(registersOf(node.base, free), registersOf(node.index, free + held(node.base)));
    case 'BinaryExpression': {
      const left = node.operator === '..' ? 1 : held(node.left);
      return Math.max(registersOf(node.left, free), registersOf(node.right, free + left));
    }
    case 'LogicalExpression':
      return Math.max(registersOf(node.left, free), registersOf(node.right, free));
    case 'UnaryExpression':
      return registersOf(node.argument, free);
    case 'TableConstructorExpression':
      return ofTable(node.fields, free + 1);
    default:
      return free + 1;
  }
}

/** Of values that stand beside each other, as arguments do. */
export function registersOfList(nodes: readonly Node[], free: number): number {
  return Math.max(free, ...nodes.map((node, i) => registersOf(node, free + i)));
}

/** A method is called with what it belongs to. */
const afterCallee = (base: Expression, free: number): number =>
  free + (base.type === 'MemberExpression' && base.indexer === ':' ? 2 : 1);

/** A local variable is where it is, and constants stand in the code. */
const held = (node: Node): number => (node.type === 'Identifier' || /Literal$/.test(node.type) ? 0 : 1);

/** Elements are moved into the table fifty at a time. */
function ofTable(fields: readonly Node[], free: number): number {
  let most = free;
  let waiting = 0;
  for (const field of fields) {
    if (field.type === 'TableValue') {
      most = Math.max(most, registersOf(field.value, free + waiting));
      waiting = (waiting + 1) % 50;
    } else if (field.type === 'TableKey') {
      most = Math.max(most, registersOf(field.key, free + waiting));
      if (held(field.value)) most = Math.max(most, registersOf(field.value, free + waiting + held(field.key)));
    } else if (field.type === 'TableKeyString' && held(field.value)) {
      most = Math.max(most, registersOf(field.value, free + waiting));
    }
  }
  return most;
}

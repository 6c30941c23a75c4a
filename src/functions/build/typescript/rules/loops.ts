/** What compiled loops, `switch` and `try` cannot do. */

import type { ForStatement, Identifier, Node } from 'typescript';
import type { Check, Rule } from './rule.js';

export const loops: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isForStatement(node)) checkCaptured(node, check);
  if (ts.isBreakOrContinueStatement(node)) checkJump(node, check);
};

/** JavaScript makes a new variable for each turn of `for (let i …)`, the compiled loop does not: a function that keeps it would see it change. */
function checkCaptured(loop: ForStatement, check: Check): void {
  const { ts } = check;
  if (!loop.initializer || !ts.isVariableDeclarationList(loop.initializer)) return;
  const names = new Set(loop.initializer.declarations.map((one) => check.checker.getSymbolAtLocation(one.name)));
  const visit = (node: Node, inside: boolean): void => {
    if (inside && ts.isIdentifier(node) && names.has(variableOf(node, check))) {
      check.refuse(
        node,
        `the function keeps ${node.text}, which changes with the loop in Lua`,
        `copy it in the body: const at = ${node.text}`,
      );
    }
    ts.forEachChild(node, (child) => visit(child, inside || isKept(node, check)));
  };
  visit(loop, false);
}

/** Whether a function may be there after the turn of the loop: what methods of arrays get is called at once. */
function isKept(node: Node, check: Check): boolean {
  const { ts } = check;
  if (!ts.isFunctionLike(node) && !ts.isClassLike(node)) return false;
  const call = node.parent;
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return true;
  const { name, expression } = call.expression;
  return !(AT_ONCE.test(name.text) && check.kinds(expression).has('array'));
}

const AT_ONCE =
  /^(forEach|map|filter|some|every|find|findIndex|findLast|findLastIndex|flatMap|reduce|reduceRight|sort|toSorted)$/;

function variableOf(node: Identifier, { ts, checker }: Check) {
  return ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
}

/** `try` becomes a function of its own, and `switch` a loop. */
function checkJump(node: Node, check: Check): void {
  const { ts } = check;
  const isContinue = ts.isContinueStatement(node);
  for (let at = node.parent; at && !ts.isFunctionLike(at); at = at.parent) {
    if (ts.isIterationStatement(at, false)) return;
    if (ts.isSwitchStatement(at)) {
      if (isContinue)
        check.refuse(
          node,
          'continue in a switch is not compiled right',
          'use if, or put the switch into a function that returns',
        );
      return;
    }
    if (ts.isTryStatement(at)) {
      check.refuse(
        node,
        `${isContinue ? 'continue' : 'break'} cannot leave a try in Lua`,
        'set a variable, and test it behind the try',
      );
      return;
    }
  }
}

/** All rules, over all nodes of a module. */

import type { Node, SourceFile } from 'typescript';
import type { Compilers } from '../compilers.js';
import type { Problems } from '../problems.js';
import type { Opened } from '../program.js';
import { arrays } from './arrays.js';
import { calls } from './calls.js';
import { conditions } from './conditions.js';
import { elements } from './elements.js';
import { equality } from './equality.js';
import { iteration } from './iteration.js';
import { loops } from './loops.js';
import { members } from './members.js';
import { methods } from './methods.js';
import { objects } from './objects.js';
import { operators } from './operators.js';
import { Check, type Rule } from './rule.js';
import { syntax } from './syntax.js';
import { text } from './text.js';

const RULES: readonly Rule[] = [
  syntax,
  loops,
  members,
  conditions,
  equality,
  operators,
  text,
  calls,
  methods,
  elements,
  arrays,
  iteration,
  objects,
];

/** Refuses what would silently mean something else in Lua. */
export function checkRules({ ts }: Compilers, { program, files }: Opened, file: SourceFile, problems: Problems): void {
  const check = new Check({
    ts,
    checker: program.getTypeChecker(),
    refuse: (node, problem, hint) => problems.at(node, problem, hint),
    isLibrary: (symbol) =>
      (symbol.declarations ?? []).some((one) => program.isSourceFileDefaultLibrary(one.getSourceFile())),
    isInside: (specifier, from) => {
      const { resolvedModule } = ts.resolveModuleName(specifier, from, program.getCompilerOptions(), ts.sys);
      return files.some(({ fileName }) => fileName === resolvedModule?.resolvedFileName);
    },
  });
  const visit = (node: Node): void => {
    // What is only declared leaves nothing in Lua.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    for (const rule of RULES) rule(node, check);
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** TypeScript → Lua modules for the bundler. */

import type { SourceFile } from 'typescript';
import type { Node as LuaNode, Plugin, ProcessedFile } from 'typescript-to-lua';
import type { LuaModule } from '../../bundle.js';
import type { Compilers } from './compilers.js';
import { libraryModules } from './library-modules.js';
import { linesOf } from './lines.js';
import { rewriteTree } from './lua-tree.js';
import type { Names } from './names.js';
import { volatileIds } from './order.js';
import { printerOf } from './printer.js';
import type { Problems } from './problems.js';
import type { Opened } from './program.js';
import { type Rewrite, rewriteFile } from './rewrite.js';
import { visitors } from './visitors.js';

/** The modules of the files, and those of ours that they need, by the names that they are required by. */
export function emitModules(
  compilers: Compilers,
  opened: Opened,
  names: Names,
  { problems, without }: { readonly problems: Problems; readonly without: readonly Rewrite[] },
): Map<string, LuaModule> {
  const { tstl } = compilers;
  const { diagnostics, transpiledFiles } = tstl.getProgramTranspileResult(compilers.ts.sys, () => undefined, {
    program: opened.program,
    sourceFiles: [...opened.files],
    plugins: [plugin(compilers, names, without)],
  });
  for (const diagnostic of diagnostics) {
    // A warning is that of a condition that is always true: in both, as the rules refuse those that are not.
    const warning = diagnostic.category === compilers.ts.DiagnosticCategory.Warning;
    if (!warning) problems.diagnostic(compilers.ts, diagnostic, 'TSTL');
  }
  const modules = new Map<string, LuaModule>();
  const features = new Set<string>();
  for (const file of transpiledFiles) {
    const [source] = file.sourceFiles ?? [];
    if (!source) continue;
    for (const feature of file.luaAst?.luaLibFeatures ?? []) features.add(feature);
    modules.set(names.of(source.fileName), moduleOf(file, source, problems));
  }
  for (const [name, module] of libraryModules(compilers, features, without)) modules.set(name, module);
  return modules;
}

function moduleOf({ code, sourceMapNode }: ProcessedFile, source: SourceFile, problems: Problems): LuaModule {
  return { file: problems.shown(source.fileName), text: code, lines: sourceMapNode ? linesOf(sourceMapNode) : [] };
}

function plugin(compilers: Compilers, names: Names, without: readonly Rewrite[]): Plugin {
  const { ts, tstl } = compilers;
  return {
    printer: printerOf(compilers),
    visitors: {
      ...visitors(compilers),
      [ts.SyntaxKind.SourceFile]: (node: SourceFile, context) => {
        const [file] = context.superTransformNode(node);
        if (!file || !tstl.isFile(file)) throw new Error(`nothing was made of ${node.fileName}`);
        rewriteTree(file, (one) => requireByName(compilers, names, node, one));
        rewriteFile(compilers, file, { without, volatile: volatileIds(compilers, node, context) });
        return file;
      },
    },
  };
}

/** Imports name files; the bundler knows modules. */
function requireByName({ tstl }: Compilers, names: Names, from: SourceFile, node: LuaNode): LuaNode {
  if (!tstl.isCallExpression(node) || !tstl.isIdentifier(node.expression) || node.expression.text !== 'require')
    return node;
  const [path] = node.params;
  if (path && tstl.isStringLiteral(path)) path.value = names.imported(path.value, from.fileName);
  return node;
}

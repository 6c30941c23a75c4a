/** What is wrong with a folder of TypeScript. All of it is shown at once. */

import { relative } from 'node:path';
import type { Diagnostic, Node, SourceFile } from 'typescript';
import { ShardfoldError } from '../../../errors.js';
import type { TypeScript } from './compilers.js';

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export class Problems {
  readonly #found = new Map<string, Problem>();
  readonly #root: string;

  /** @param root The folder that shown paths are relative to. */
  constructor(root: string) {
    this.#root = root;
  }

  get count(): number {
    return this.#found.size;
  }

  /** The path as it is shown. */
  shown(path: string): string {
    return relative(this.#root, path).replaceAll('\\', '/');
  }

  at(node: Node, text: string): void {
    const file = node.getSourceFile();
    this.#add(file, node.getStart(file), text);
  }

  diagnostic(
    { ts }: { ts: TypeScript },
    { file, start = 0, messageText, code, source }: Diagnostic,
    name = 'TS',
  ): void {
    const text = `${ts.flattenDiagnosticMessageText(messageText, '\n    ')} (${source ?? `${name}${code}`})`;
    if (file) this.#add(file, start, text);
    else this.#found.set(text, { file: this.shown(this.#root) || '.', line: 1, column: 1, text });
  }

  #add(file: SourceFile, start: number, text: string): void {
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const problem = { file: this.shown(file.fileName), line: line + 1, column: character + 1, text };
    this.#found.set(`${problem.file}:${problem.line}:${problem.column}:${text}`, problem);
  }

  /** Errors: BUILD_FAILED, one line a problem, in the order of files and lines. */
  check(): void {
    if (this.#found.size === 0) return;
    const order = (a: Problem, b: Problem) =>
      (a.file < b.file ? -1 : Number(a.file > b.file)) || a.line - b.line || a.column - b.column;
    const lines = [...this.#found.values()]
      .sort(order)
      .map((one) => `${one.file}:${one.line}:${one.column}: ${one.text}`);
    throw new ShardfoldError('BUILD_FAILED', lines.join('\n'));
  }
}

/** Collects what is wrong with a folder of TypeScript, at nodes and in diagnostics. */

import { relative } from 'node:path';
import type { Diagnostic, Node, SourceFile } from 'typescript';
import { type Problem, refuseAny } from '../../problems.js';
import type { TypeScript } from './compilers.js';
import { inOurWords } from './diagnostics.js';

export class Problems {
  readonly #found: Problem[] = [];
  readonly #root: string;

  /** @param root The folder that shown paths are relative to. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The path as it is shown. */
  shown(path: string): string {
    return relative(this.#root, path).replaceAll('\\', '/') || '.';
  }

  at(node: Node, problem: string, hint?: string): void {
    const file = node.getSourceFile();
    this.#add(file, node.getStart(file), problem, hint);
  }

  /** Of a module as a whole. */
  file(file: SourceFile, problem: string, hint: string): void {
    this.#add(file, 0, problem, hint);
  }

  /** @param name Of the compiler: `TS2322`, `TSTL100016`. */
  diagnostic(ts: TypeScript, { file, start = 0, messageText, code }: Diagnostic, name = 'TS'): void {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n    ');
    const [problem, hint] = inOurWords(text, `${name}${code}`);
    if (file) this.#add(file, start, problem, hint);
    else this.#found.push({ file: '.', line: 1, problem, ...(hint !== undefined && { hint }) });
  }

  #add(file: SourceFile, start: number, problem: string, hint?: string): void {
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const place = { file: this.shown(file.fileName), line: line + 1, column: character + 1 };
    this.#found.push({ ...place, problem, ...(hint !== undefined && { hint }) });
  }

  get none(): boolean {
    return this.#found.length === 0;
  }

  /** Whether something is wrong with a file. */
  in(file: SourceFile): boolean {
    const shown = this.shown(file.fileName);
    return this.#found.some((one) => one.file === shown);
  }

  /** Errors: BUILD_FAILED with all that was found. */
  check(): void {
    refuseAny(this.#found);
  }
}

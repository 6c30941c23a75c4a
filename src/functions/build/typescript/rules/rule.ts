import type { Node, Symbol as TsSymbol, Type, TypeChecker } from 'typescript';
import type { TypeScript } from '../compilers.js';
import { type Kind, type Kinds, kindsOf } from './kinds.js';

/** Looks at one node, and refuses what would mean something else in Lua. Called for every node of every module. */
export type Rule = (node: Node, check: Check) => void;

/** What a rule asks. */
export class Check {
  readonly ts: TypeScript;
  readonly checker: TypeChecker;
  /** With what would mend it. */
  readonly refuse: (node: Node, problem: string, hint: string) => void;
  /** Whether one of TypeScript's default libraries declares it. */
  readonly isLibrary: (symbol: TsSymbol) => boolean;
  /** Whether an import leads to a module of the folder. */
  readonly isInside: (specifier: string, from: string) => boolean;

  constructor(how: Pick<Check, 'ts' | 'checker' | 'refuse' | 'isLibrary' | 'isInside'>) {
    this.ts = how.ts;
    this.checker = how.checker;
    this.refuse = how.refuse;
    this.isLibrary = how.isLibrary;
    this.isInside = how.isInside;
  }

  type(node: Node): Type {
    return this.checker.getTypeAtLocation(node);
  }

  kinds(node: Node): Kinds {
    return kindsOf(this.ts, this.checker, this.type(node));
  }

  kindsOf(type: Type): Kinds {
    return kindsOf(this.ts, this.checker, type);
  }

  /** Of what a node may be, the kinds that are not among the allowed ones. */
  others(node: Node, ...allowed: readonly Kind[]): Kind[] {
    return [...this.kinds(node)].filter((kind) => !allowed.includes(kind));
  }

  show(node: Node): string {
    return this.checker.typeToString(this.type(node));
  }

  /** What a name stands for, behind imports. */
  symbol(node: Node): TsSymbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(node);
    if (!symbol || !(symbol.flags & this.ts.SymbolFlags.Alias)) return symbol;
    return this.checker.getAliasedSymbol(symbol);
  }
}

export const words = (kinds: readonly Kind[]): string =>
  kinds.map((kind) => (kind === 'anything' ? 'anything' : WORDS[kind])).join(' or ');

const WORDS: Readonly<Record<Exclude<Kind, 'anything'>, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
  undefined: 'undefined',
  array: 'an array',
  bytes: 'bytes',
  function: 'a function',
  class: 'a class',
  object: 'an object',
  bigint: 'a bigint',
  symbol: 'a symbol',
};

/** The names of a Lua text where one reads it: which variable each of them is, and how many locals and upvalues a function has. */
import type { Node } from 'luaparse';
import { MOST_REGISTERS } from './lua-registers.js';

export const MOST_LOCALS = 200;
export const MOST_UPVALUES = 60;

export type Limited = 'local variables' | 'upvalues' | 'local variables and values at once';

export interface Variable {
  /** The global that it stands for: `redis` or `redis.call`. */
  alias?: string | undefined;
}

interface FunctionScope {
  readonly outer: FunctionScope | undefined;
  readonly blocks: Map<string, Variable>[];
  readonly upvalues: Set<Variable>;
  locals: number;
  readonly told: Set<string>;
}

const newScope = (outer?: FunctionScope): FunctionScope => ({
  outer,
  blocks: [new Map()],
  upvalues: new Set(),
  locals: 0,
  told: new Set(),
});

export class Names {
  #scope = newScope();

  /** @param limit Told once a function and limit that there is one too many, at which node. */
  constructor(readonly limit: (what: Limited, node: Node) => void) {}

  inFunction(read: () => void): void {
    this.#scope = newScope(this.#scope);
    read();
    this.#scope = this.#scope.outer as FunctionScope;
  }

  inBlock(read: () => void): void {
    const { locals } = this.#scope;
    this.#scope.blocks.push(new Map());
    read();
    this.#scope.blocks.pop();
    this.#scope.locals = locals;
  }

  declare(name: string, node?: Node, alias?: string): void {
    this.#scope.blocks[this.#scope.blocks.length - 1]?.set(name, { alias });
    this.count(1, node);
  }

  /** Locals that have no name count as well. */
  count(more: number, node?: Node): void {
    this.#scope.locals += more;
    if (this.#scope.locals > MOST_LOCALS && node) this.#tell('local variables', this.#scope, node);
  }

  /** What the function computes beside its locals: in use at most, of those that are free once they have theirs. */
  compute(registers: (free: number) => number, node: Node): void {
    if (registers(this.#scope.locals) > MOST_REGISTERS) {
      this.#tell('local variables and values at once', this.#scope, node);
    }
  }

  /** Undefined for a global. A variable of a function outside is an upvalue of all that lie between. */
  resolve(name: string, node: Node): Variable | undefined {
    const crossed: FunctionScope[] = [];
    for (let scope: FunctionScope | undefined = this.#scope; scope; scope = scope.outer) {
      for (let i = scope.blocks.length - 1; i >= 0; i--) {
        const found = scope.blocks[i]?.get(name);
        if (!found) continue;
        for (const inner of crossed) {
          inner.upvalues.add(found);
          if (inner.upvalues.size > MOST_UPVALUES) this.#tell('upvalues', inner, node);
        }
        return found;
      }
      crossed.push(scope);
    }
    return undefined;
  }

  #tell(what: Limited, scope: FunctionScope, node: Node): void {
    if (scope.told.has(what)) return;
    scope.told.add(what);
    this.limit(what, node);
  }
}

/**
 * Who is who in a Lua module: which names are globals, which locals stand for `redis.call`, and how many locals and upvalues a
 * function has. Names are resolved as Lua 5.1 does it.
 */
import type {
  CallExpression,
  Expression,
  FunctionDeclaration,
  Identifier,
  MemberExpression,
  Node,
  Statement,
  StringCallExpression,
  TableCallExpression,
} from 'luaparse';
import { childrenOf } from './walk.js';

/** Called with what is found, in the order of the text. */
export interface ScopeVisitor {
  /** A global is read. Where one of its fields is, `field` is the name of it. */
  readGlobal(name: string, node: Node, field?: string): void;
  writeGlobal(name: string, node: Node): void;
  /** `math.x = 1`, `function string.trim()`: something in the table of a global is written. */
  writeField(name: string, node: Node): void;
  /** Something is called: by its global name (`redis.call`, `rawset`), seen through locals that stand for it. */
  call(callee: string, args: readonly Expression[], node: Node): void;
  /** A function has one more than Lua allows of `what`. */
  limit(what: 'local variables' | 'upvalues', node: Node): void;
}

export const MOST_LOCALS = 200;
export const MOST_UPVALUES = 60;

interface Variable {
  readonly owner: FunctionScope;
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

/** @param outside Locals around the module's text: in a bundle `require` is one. */
export function analyse(
  body: readonly Statement[],
  visitor: ScopeVisitor,
  outside: readonly string[] = ['require'],
): void {
  const around = newScope(undefined);
  const analysis = new Analysis(visitor, around);
  for (const name of outside) analysis.declare(name);
  analysis.inFunction([], true, body);
}

const newScope = (outer: FunctionScope | undefined): FunctionScope => ({
  outer,
  blocks: [new Map()],
  upvalues: new Set(),
  locals: 0,
  told: new Set(),
});

class Analysis {
  constructor(
    readonly visitor: ScopeVisitor,
    public scope: FunctionScope,
  ) {}

  declare(name: string, node?: Node, alias?: string): void {
    const { scope } = this;
    scope.blocks[scope.blocks.length - 1]?.set(name, { owner: scope, alias });
    this.#count(1, node);
  }

  inFunction(parameters: readonly Node[], vararg: boolean, body: readonly Statement[], self = false): void {
    this.scope = newScope(this.scope);
    if (self) this.declare('self');
    for (const parameter of parameters) if (parameter.type === 'Identifier') this.declare(parameter.name, parameter);
    // Lua 5.1 keeps this one for scripts of Lua 5.0.
    if (vararg) this.declare('arg');
    this.#statements(body);
    this.scope = this.scope.outer as FunctionScope;
  }

  #count(more: number, node?: Node): void {
    this.scope.locals += more;
    if (this.scope.locals > MOST_LOCALS && node) this.#tell('local variables', this.scope, node);
  }

  #tell(what: 'local variables' | 'upvalues', scope: FunctionScope, node: Node): void {
    if (scope.told.has(what)) return;
    scope.told.add(what);
    this.visitor.limit(what, node);
  }

  #resolve(name: string, node: Node): Variable | undefined {
    const crossed: FunctionScope[] = [];
    for (let scope: FunctionScope | undefined = this.scope; scope; scope = scope.outer) {
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

  #block(body: readonly Statement[], declare?: () => void, after?: () => void): void {
    const { locals } = this.scope;
    this.scope.blocks.push(new Map());
    declare?.();
    this.#statements(body);
    after?.();
    this.scope.blocks.pop();
    this.scope.locals = locals;
  }

  #statements(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(node: Statement): void {
    if (node.type === 'LocalStatement') this.#local(node);
    else if (node.type === 'AssignmentStatement') {
      this.#expressions(node.init);
      for (const target of node.variables) this.#target(target);
    } else if (node.type === 'DoStatement') this.#block(node.body);
    else if (node.type === 'WhileStatement') {
      this.#expression(node.condition);
      this.#block(node.body);
    } else if (node.type === 'RepeatStatement') {
      // The condition sees the locals of the loop.
      this.#block(node.body, undefined, () => this.#expression(node.condition));
    } else if (node.type === 'IfStatement') {
      for (const clause of node.clauses) {
        if (clause.type !== 'ElseClause') this.#expression(clause.condition);
        this.#block(clause.body);
      }
    } else if (node.type === 'ForNumericStatement') {
      this.#expressions([node.start, node.end, ...(node.step ? [node.step] : [])]);
      this.#loop([node.variable], node);
    } else if (node.type === 'ForGenericStatement') {
      this.#expressions(node.iterators);
      this.#loop(node.variables, node);
    } else if (node.type === 'FunctionDeclaration') this.#function(node);
    else this.#expressions(childrenOf(node));
  }

  #local(node: Extract<Statement, { type: 'LocalStatement' }>): void {
    this.#expressions(node.init);
    const aliases = node.variables.map((_, i) => this.#globalName(node.init[i]));
    node.variables.forEach((variable, i) => {
      this.declare(variable.name, variable, aliases[i]);
    });
  }

  /** A loop keeps three locals of its own beside those that it names. */
  #loop(variables: readonly Identifier[], node: Statement & { body: Statement[] }): void {
    this.#block(node.body, () => {
      this.#count(3, node);
      for (const variable of variables) this.declare(variable.name, variable);
    });
  }

  #function(node: FunctionDeclaration): void {
    const { identifier } = node;
    if (identifier?.type === 'Identifier' && node.isLocal) this.declare(identifier.name, identifier);
    else if (identifier) this.#target(identifier);
    const self = identifier?.type === 'MemberExpression' && identifier.indexer === ':';
    const vararg = node.parameters.some((parameter) => parameter.type === 'VarargLiteral');
    this.inFunction(node.parameters, vararg, node.body, self);
  }

  #target(node: Expression): void {
    if (node.type === 'Identifier') {
      const variable = this.#resolve(node.name, node);
      if (variable) variable.alias = undefined;
      else this.visitor.writeGlobal(node.name, node);
      return;
    }
    this.#expression(node, true);
    const root = rootOf(node);
    if (root && !this.#resolve(root.name, root)) this.visitor.writeField(root.name, node);
  }

  #expressions(nodes: readonly Node[]): void {
    for (const node of nodes) this.#expression(node);
  }

  /** @param written It is not read but assigned to: its last field need not exist. */
  #expression(node: Node, written = false): void {
    if (node.type === 'Identifier') {
      if (!this.#resolve(node.name, node)) this.visitor.readGlobal(node.name, node);
    } else if (node.type === 'FunctionDeclaration') this.#function(node);
    else if (node.type === 'TableKeyString') this.#expression(node.value);
    else if (node.type === 'MemberExpression') this.#member(node, written);
    else {
      this.#expressions(childrenOf(node));
      if (!isCall(node)) return;
      this.#call(this.#globalName(node.base), argumentsOf(node), node);
    }
  }

  /** `pcall(redis.call, "GET", key)` calls redis.call. */
  #call(callee: string | undefined, args: readonly Expression[], node: Node): void {
    if (callee === undefined) return;
    this.visitor.call(callee, args, node);
    if (callee === 'pcall') this.#call(this.#globalName(args[0]), args.slice(1), node);
  }

  #member(node: MemberExpression, written: boolean): void {
    const { base, identifier } = node;
    if (base.type !== 'Identifier' || this.#resolve(base.name, base)) this.#expression(base);
    else this.visitor.readGlobal(base.name, node, written ? undefined : identifier.name);
  }

  /** `redis.call` for that, and for a local that stands for it. */
  #globalName(node: Expression | undefined): string | undefined {
    if (node?.type === 'Identifier') {
      const variable = this.#resolve(node.name, node);
      return variable ? variable.alias : node.name;
    }
    if (node?.type !== 'MemberExpression' || node.indexer !== '.') return undefined;
    const base = this.#globalName(node.base);
    return base === undefined ? undefined : `${base}.${node.identifier.name}`;
  }
}

type Call = CallExpression | StringCallExpression | TableCallExpression;

const isCall = (node: Node): node is Call =>
  node.type === 'CallExpression' || node.type === 'StringCallExpression' || node.type === 'TableCallExpression';

function argumentsOf(node: Call): readonly Expression[] {
  if (node.type === 'CallExpression') return node.arguments;
  return [node.type === 'StringCallExpression' ? node.argument : node.arguments];
}

function rootOf(node: Expression): Identifier | undefined {
  if (node.type === 'Identifier') return node;
  return node.type === 'MemberExpression' || node.type === 'IndexExpression' ? rootOf(node.base) : undefined;
}

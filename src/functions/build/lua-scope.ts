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
import { type Limited, Names } from './lua-names.js';
import { registersOfList } from './lua-registers.js';
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
  limit(what: Limited, node: Node): void;
}

/** @param outside Locals around the module's text: in a bundle `require` is one. */
export function analyse(
  body: readonly Statement[],
  visitor: ScopeVisitor,
  outside: readonly string[] = ['require'],
): void {
  const names = new Names((what, node) => visitor.limit(what, node));
  for (const name of outside) names.declare(name);
  new Analysis(visitor, names).inFunction([], true, body);
}

class Analysis {
  constructor(
    readonly visitor: ScopeVisitor,
    readonly names: Names,
  ) {}

  inFunction(parameters: readonly Node[], vararg: boolean, body: readonly Statement[], self = false): void {
    const { names } = this;
    names.inFunction(() => {
      if (self) names.declare('self');
      for (const parameter of parameters) if (parameter.type === 'Identifier') names.declare(parameter.name, parameter);
      // Lua 5.1 keeps this one for scripts of Lua 5.0.
      if (vararg) names.declare('arg');
      this.#statements(body);
    });
  }

  #statements(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #block(body: readonly Statement[]): void {
    this.names.inBlock(() => this.#statements(body));
  }

  #statement(node: Statement): void {
    if (node.type === 'LocalStatement') this.#local(node);
    else if (node.type === 'AssignmentStatement') {
      this.#list(node.init);
      for (const target of node.variables) this.#target(target);
    } else if (node.type === 'DoStatement') this.#block(node.body);
    else if (node.type === 'WhileStatement') {
      this.#list([node.condition]);
      this.#block(node.body);
    } else if (node.type === 'RepeatStatement') {
      // The condition sees the locals of the loop.
      this.names.inBlock(() => {
        this.#statements(node.body);
        this.#list([node.condition]);
      });
    } else if (node.type === 'IfStatement') {
      for (const clause of node.clauses) {
        if (clause.type !== 'ElseClause') this.#list([clause.condition]);
        this.#block(clause.body);
      }
    } else if (node.type === 'ForNumericStatement') {
      this.#list([node.start, node.end, ...(node.step ? [node.step] : [])]);
      this.#loop([node.variable], node);
    } else if (node.type === 'ForGenericStatement') {
      this.#list(node.iterators);
      this.#loop(node.variables, node);
    } else if (node.type === 'FunctionDeclaration') this.#function(node);
    else this.#list(childrenOf(node));
  }

  #local(node: Extract<Statement, { type: 'LocalStatement' }>): void {
    this.#list(node.init);
    const aliases = node.variables.map((_, i) => this.#globalName(node.init[i]));
    node.variables.forEach((variable, i) => {
      this.names.declare(variable.name, variable, aliases[i]);
    });
  }

  /** A loop keeps three locals of its own beside those that it names. */
  #loop(variables: readonly Identifier[], node: Statement & { body: Statement[] }): void {
    this.names.inBlock(() => {
      this.names.count(3, node);
      for (const variable of variables) this.names.declare(variable.name, variable);
      this.#statements(node.body);
    });
  }

  #function(node: FunctionDeclaration): void {
    const { identifier } = node;
    if (identifier?.type === 'Identifier' && node.isLocal) this.names.declare(identifier.name, identifier);
    else if (identifier) this.#target(identifier);
    const self = identifier?.type === 'MemberExpression' && identifier.indexer === ':';
    const vararg = node.parameters.some((parameter) => parameter.type === 'VarargLiteral');
    this.inFunction(node.parameters, vararg, node.body, self);
  }

  #target(node: Expression): void {
    if (node.type === 'Identifier') {
      const variable = this.names.resolve(node.name, node);
      if (variable) variable.alias = undefined;
      else this.visitor.writeGlobal(node.name, node);
      return;
    }
    this.#expression(node, true);
    const root = rootOf(node);
    if (root && !this.names.resolve(root.name, root)) this.visitor.writeField(root.name, node);
  }

  /** Those of a statement, which stand beside each other. */
  #list(nodes: readonly Node[]): void {
    const [first] = nodes;
    if (first) this.names.compute((free) => registersOfList(nodes, free), first);
    this.#expressions(nodes);
  }

  #expressions(nodes: readonly Node[]): void {
    for (const node of nodes) this.#expression(node);
  }

  /** @param written It is not read but assigned to: its last field need not exist. */
  #expression(node: Node, written = false): void {
    if (node.type === 'Identifier') {
      if (!this.names.resolve(node.name, node)) this.visitor.readGlobal(node.name, node);
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
    if (base.type !== 'Identifier' || this.names.resolve(base.name, base)) this.#expression(base);
    else this.visitor.readGlobal(base.name, node, written ? undefined : identifier.name);
  }

  /** `redis.call` for that, and for a local that stands for it. */
  #globalName(node: Expression | undefined): string | undefined {
    if (node?.type === 'Identifier') {
      const variable = this.names.resolve(node.name, node);
      return variable ? variable.alias : node.name;
    }
    const field = fieldOf(node);
    const base = node && field !== undefined && 'base' in node ? this.#globalName(node.base) : undefined;
    if (base === '_G') return field;
    return base === undefined ? undefined : `${base}.${field}`;
  }
}

/** The name in `redis.call` and `redis["call"]`. */
function fieldOf(node: Expression | undefined): string | undefined {
  if (node?.type === 'MemberExpression' && node.indexer === '.') return node.identifier.name;
  return node?.type === 'IndexExpression' && node.index.type === 'StringLiteral' ? node.index.value : undefined;
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

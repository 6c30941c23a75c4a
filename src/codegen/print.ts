/** Prints the kernel language as Lua and as JavaScript. */

import type { BinaryOp, Ir, Stmt } from './ir.js';

interface Dialect {
  readonly operators: Partial<Record<BinaryOp, string>>;
  readonly not: string;
  local(name: string, value: string): string;
  condition(cond: string, body: string, otherwise: string | undefined): string;
  loop(name: string, from: string, to: string, body: string): string;
  scope(body: string): string;
  select(cond: string, a: string, b: string): string;
  has(table: string, index: string): string;
  readonly nil: string;
  readonly end: string;
}

const LUA: Dialect = {
  operators: {},
  not: 'not ',
  local: (name, value) => `local ${name} = ${value}`,
  condition: (cond, body, otherwise) =>
    `if ${cond} then ${body}${otherwise === undefined ? '' : ` else ${otherwise}`} end`,
  loop: (name, from, to, body) => `for ${name} = ${from}, ${to} do ${body} end`,
  scope: (body) => `do ${body} end`,
  // Safe because `a` is never false or nil: values are numbers and strings.
  select: (cond, a, b) => `(${cond} and ${a} or ${b})`,
  has: (table, index) => `${table}[${index}]`,
  nil: 'nil',
  end: ' ',
};

const JAVASCRIPT: Dialect = {
  operators: { '==': '===', '~=': '!==', and: '&&', or: '||' },
  not: '!',
  local: (name, value) => `let ${name} = ${value};`,
  condition: (cond, body, otherwise) =>
    `if (${cond}) { ${body} }${otherwise === undefined ? '' : ` else { ${otherwise} }`}`,
  loop: (name, from, to, body) => `for (let ${name} = ${from}, end = ${to}; ${name} <= end; ${name}++) { ${body} }`,
  scope: (body) => `{ ${body} }`,
  select: (cond, a, b) => `(${cond} ? ${a} : ${b})`,
  has: (table, index) => `${table}.has(${index})`,
  nil: 'undefined',
  end: ' ',
};

function expression(ir: Ir, dialect: Dialect): string {
  const print = (child: Ir): string => expression(child, dialect);
  switch (ir.k) {
    case 'var':
      return ir.name;
    case 'int':
      if (!Number.isSafeInteger(ir.value) || Object.is(ir.value, -0))
        throw new RangeError(`${ir.value} is no constant`);
      return ir.value < 0 ? `(${ir.value})` : String(ir.value);
    case 'bool':
      return String(ir.value);
    case 'nil':
      return dialect.nil;
    case 'binary':
      return `(${print(ir.a)} ${dialect.operators[ir.op] ?? ir.op} ${print(ir.b)})`;
    case 'not':
      return `(${dialect.not}${print(ir.a)})`;
    case 'minus':
      return `(-${print(ir.a)})`;
    case 'select':
      return dialect.select(print(ir.cond), print(ir.a), print(ir.b));
    case 'call':
      return `${ir.fn}(${ir.args.map(print).join(', ')})`;
    case 'has':
      return dialect.has(ir.table, print(ir.index));
    case 'at':
      return `${ir.table}[${print(ir.index)}]`;
  }
}

function statement(stmt: Stmt, dialect: Dialect): string {
  const block = (body: readonly Stmt[]): string => statements(body, dialect);
  const print = (ir: Ir): string => expression(ir, dialect);
  switch (stmt.s) {
    case 'local':
      return dialect.local(stmt.name, print(stmt.value));
    case 'set':
      return `${print(stmt.target)} = ${print(stmt.value)}${dialect === JAVASCRIPT ? ';' : ''}`;
    case 'if':
      return dialect.condition(print(stmt.cond), block(stmt.body), stmt.otherwise && block(stmt.otherwise));
    case 'for':
      return dialect.loop(stmt.name, print(stmt.from), print(stmt.to), block(stmt.body));
    case 'scope':
      return dialect.scope(block(stmt.body));
    case 'raw':
      return dialect === LUA ? stmt.lua : stmt.js;
  }
}

function statements(body: readonly Stmt[], dialect: Dialect): string {
  return body.map((stmt) => statement(stmt, dialect)).join(dialect.end);
}

export const printLua = (body: readonly Stmt[]): string => statements(body, LUA);
export const printLuaExpression = (ir: Ir): string => expression(ir, LUA);
export const printJavaScript = (body: readonly Stmt[]): string => statements(body, JAVASCRIPT);
export const printJavaScriptExpression = (ir: Ir): string => expression(ir, JAVASCRIPT);

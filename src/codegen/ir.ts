/**
 * The small language in which a kernel's row work is written once and printed twice, as Lua and as JavaScript: the same
 * operations in the same order on both sides. Only operations that IEEE 754 fixes to the last bit have a place here.
 */

export type BinaryOp = '+' | '-' | '*' | '/' | '<' | '<=' | '>' | '>=' | '==' | '~=' | 'and' | 'or';

export type Ir =
  | { readonly k: 'var'; readonly name: string }
  /** A small whole number. Everything else is a constant of the plan and comes as an argument of the kernel. */
  | { readonly k: 'int'; readonly value: number }
  | { readonly k: 'bool'; readonly value: boolean }
  /** What an array has where nothing was put. */
  | { readonly k: 'nil' }
  | { readonly k: 'binary'; readonly op: BinaryOp; readonly a: Ir; readonly b: Ir }
  | { readonly k: 'not'; readonly a: Ir }
  | { readonly k: 'minus'; readonly a: Ir }
  /** `a` where the condition holds, else `b`; both are evaluated or not, so they must be free of effects. */
  | { readonly k: 'select'; readonly cond: Ir; readonly a: Ir; readonly b: Ir }
  /** A function of the runtime that both sides have under this name. */
  | { readonly k: 'call'; readonly fn: string; readonly args: readonly Ir[] }
  /** Whether a set of constants holds a value. */
  | { readonly k: 'has'; readonly table: string; readonly index: Ir }
  | { readonly k: 'at'; readonly table: string; readonly index: Ir };

export type Local = Extract<Ir, { k: 'var' }>;
export type Target = Extract<Ir, { k: 'var' | 'at' }>;

export type Stmt =
  | { readonly s: 'local'; readonly name: string; readonly value: Ir }
  | { readonly s: 'set'; readonly target: Target; readonly value: Ir }
  | { readonly s: 'if'; readonly cond: Ir; readonly body: readonly Stmt[]; readonly otherwise?: readonly Stmt[] }
  /** For whole numbers from `from` through `to`. */
  | { readonly s: 'for'; readonly name: string; readonly from: Ir; readonly to: Ir; readonly body: readonly Stmt[] }
  /** A scope of its own for locals. */
  | { readonly s: 'scope'; readonly body: readonly Stmt[] }
  /** What the two languages write in different words: look-ups in hash tables. */
  | { readonly s: 'raw'; readonly lua: string; readonly js: string };

export const TRUE: Ir = { k: 'bool', value: true };
export const FALSE: Ir = { k: 'bool', value: false };
export const NIL: Ir = { k: 'nil' };
/** The runtime's null; no value of the kernel language equals it. */
export const NULL: Ir = { k: 'var', name: 'NULL' };

export const variable = (name: string): Target => ({ k: 'var', name });
export const int = (value: number): Ir => ({ k: 'int', value });
export const at = (table: string, index: Ir): Target => ({ k: 'at', table, index });
export const binary = (op: BinaryOp, a: Ir, b: Ir): Ir => ({ k: 'binary', op, a, b });
export const call = (fn: string, ...args: Ir[]): Ir => ({ k: 'call', fn, args });
export const select = (cond: Ir, a: Ir, b: Ir): Ir =>
  cond.k === 'bool' ? (cond.value ? a : b) : { k: 'select', cond, a, b };
export const add = (a: Ir, b: Ir): Ir => binary('+', a, b);
export const sub = (a: Ir, b: Ir): Ir => binary('-', a, b);
export const mul = (a: Ir, b: Ir): Ir => binary('*', a, b);
export const div = (a: Ir, b: Ir): Ir => binary('/', a, b);

export const local = (name: string, value: Ir): Stmt => ({ s: 'local', name, value });
export const set = (target: Target, value: Ir): Stmt => ({ s: 'set', target, value });

/** `if`, with constant conditions resolved. */
export function when(cond: Ir, body: readonly Stmt[]): Stmt[] {
  if (cond.k === 'bool') return cond.value ? [...body] : [];
  return body.length === 0 ? [] : [{ s: 'if', cond, body }];
}

/** `if` with another way, constant conditions resolved. */
export function either(cond: Ir, body: readonly Stmt[], otherwise: readonly Stmt[]): Stmt[] {
  if (cond.k === 'bool') return cond.value ? [...body] : [...otherwise];
  if (otherwise.length === 0) return when(cond, body);
  return body.length === 0 ? when(not(cond), otherwise) : [{ s: 'if', cond, body, otherwise }];
}

/** Statements in a scope of their own, where they declare anything. */
export function scoped(body: readonly Stmt[]): readonly Stmt[] {
  return body.some(({ s }) => s === 'local') ? [{ s: 'scope', body }] : body;
}

export function and(a: Ir, b: Ir): Ir {
  if (a.k === 'bool') return a.value ? b : FALSE;
  if (b.k === 'bool') return b.value ? a : FALSE;
  return binary('and', a, b);
}

export function or(a: Ir, b: Ir): Ir {
  if (a.k === 'bool') return a.value ? TRUE : b;
  if (b.k === 'bool') return b.value ? TRUE : a;
  return binary('or', a, b);
}

export function not(a: Ir): Ir {
  if (a.k === 'bool') return a.value ? FALSE : TRUE;
  return a.k === 'not' ? a.a : { k: 'not', a };
}

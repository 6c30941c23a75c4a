/**
 * Functions, cases and casts as kernel code: each is computed once a row, into a local that holds its value or the
 * runtime's NULL. What is lazy stands inside an `if`, so that an error is raised only for rows that come there.
 */

import {
  isFloat,
  type TypedCall,
  type TypedCase,
  type TypedCast,
  type TypedChoice,
  type TypedExpr,
} from '../expr/typed.js';
import { lessFloat } from './compare.js';
import {
  add,
  and,
  binary,
  call,
  either,
  type Ir,
  int,
  type Local,
  local,
  NULL,
  type Stmt,
  select,
  set,
  TRUE,
  when,
} from './ir.js';

export type Heavy = TypedCall | TypedCase | TypedCast | TypedChoice;

/** A value in a local, and the condition under which it is not NULL. */
export interface Made {
  readonly valid: Ir;
  readonly value: Ir;
}

/** What the code of a heavy expression needs of the rest. */
export interface Host {
  valid(expr: TypedExpr, into: Stmt[]): Ir;
  value(expr: TypedExpr, into: Stmt[]): Ir;
  isTrue(expr: TypedExpr, into: Stmt[]): Ir;
  orNull(expr: TypedExpr, into: Stmt[]): Ir;
  inner(outer: Stmt[]): Stmt[];
  /** A local of a name of its own. */
  fresh(): Local;
  /** A call of a function of the runtime. */
  runtime(name: string, ...args: Ir[]): Ir;
  /** Whole numbers checked against their type. */
  checked(expr: TypedExpr, value: Ir): Ir;
  /** Whether `startsWith` can be told by the code of a dictionary column. */
  byCode(expr: TypedCall): Ir | undefined;
}

export const isNotNull = (value: Ir): Ir => binary('~=', value, NULL);

/** Pushes what computes an expression, and says where its value is. */
export function makeHeavy(host: Host, expr: Heavy, into: Stmt[]): Made {
  switch (expr.kind) {
    case 'call':
      return makeCall(host, expr, into);
    case 'cast':
      return makeCast(host, expr, into);
    case 'case':
      return makeCase(host, expr, into);
    case 'choice':
      return expr.fn === 'coalesce' ? makeCoalesce(host, expr, into) : makeExtreme(host, expr, into);
  }
}

/** A local that is computed under a condition, and NULL elsewhere. */
function guarded(host: Host, valid: Ir, into: Stmt[], compute: (inner: Stmt[]) => Ir): Made {
  const target = host.fresh();
  if (valid === TRUE) {
    into.push(local(target.name, compute(into)));
    return { valid, value: target };
  }
  const inner = host.inner(into);
  const value = compute(inner);
  into.push(local(target.name, NULL), ...when(valid, [...inner, set(target, value)]));
  return { valid: isNotNull(target), value: target };
}

function makeCall(host: Host, expr: TypedCall, into: Stmt[]): Made {
  const { fn, args } = expr;
  let valid = args.map((arg) => host.valid(arg, into)).reduce(and, TRUE);
  if (fn === 'f_intDiv') {
    const [, divisor] = args as [TypedExpr, TypedExpr];
    if (valid === TRUE || valid.k !== 'bool') valid = and(valid, binary('~=', host.value(divisor, into), int(0)));
  }
  return guarded(host, valid, into, (inner) => {
    if (fn === 'isNaN') {
      const value = host.value(args[0] as TypedExpr, inner);
      return select(binary('~=', value, value), int(1), int(0));
    }
    const found = host.byCode(expr);
    if (found !== undefined) return select(found, int(1), int(0));
    // The successor of a constant prefix is for codes and zone maps alone.
    const taken = fn === 'f_startsWith' ? args.slice(0, 2) : args;
    const made = host.runtime(fn, ...taken.map((arg) => host.value(arg, inner)));
    return expr.type === 'bool' ? select(made, int(1), int(0)) : host.checked(expr, made);
  });
}

function makeCast(host: Host, expr: TypedCast, into: Stmt[]): Made {
  const made = guarded(host, host.valid(expr.arg, into), into, (inner) => {
    const value = host.value(expr.arg, inner);
    const result = host.runtime(expr.fn, value, ...expr.extra.map(int));
    if (!expr.mayFail || expr.lenient) return result;
    return host.runtime(`must_${expr.type.replace(/\(.*/, '')}`, result, value);
  });
  return expr.mayFail && expr.lenient ? { valid: isNotNull(made.value), value: made.value } : made;
}

function makeCase(host: Host, expr: TypedCase, into: Stmt[]): Made {
  const target = host.fresh();
  let always = true;
  const result = (then: TypedExpr, inner: Stmt[]): Stmt[] => {
    if (host.valid(then, inner) !== TRUE) always = false;
    const value = host.orNull(then, inner);
    return [...inner, set(target, value)];
  };
  const from = (place: number, outer: Stmt[]): Stmt[] => {
    const branch = expr.branches[place];
    if (branch === undefined) return result(expr.otherwise, outer);
    const holds = host.isTrue(branch.when, outer);
    const body = result(branch.then, host.inner(outer));
    return [...outer, ...either(holds, body, from(place + 1, host.inner(outer)))];
  };
  // The first condition is looked at in any case.
  const outer = host.inner(into);
  const body = from(0, outer);
  into.push(local(target.name, NULL), { s: 'scope', body });
  return { valid: always ? TRUE : isNotNull(target), value: target };
}

function makeCoalesce(host: Host, expr: TypedChoice, into: Stmt[]): Made {
  const target = host.fresh();
  let always = false;
  const from = (place: number, outer: Stmt[]): Stmt[] => {
    const arg = expr.args[place];
    if (arg === undefined) return outer;
    always = host.valid(arg, outer) === TRUE;
    outer.push(set(target, host.orNull(arg, outer)));
    if (always) return outer;
    outer.push(...when(binary('==', target, NULL), from(place + 1, host.inner(outer))));
    return outer;
  };
  const body = from(0, host.inner(into));
  into.push(local(target.name, NULL), { s: 'scope', body });
  return { valid: always ? TRUE : isNotNull(target), value: target };
}

/** The first of equal ones; null takes no part. */
function makeExtreme(host: Host, expr: TypedChoice, into: Stmt[]): Made {
  const target = host.fresh();
  const body = host.inner(into);
  let always = false;
  for (const arg of expr.args) {
    const inner = host.inner(body);
    const valid = host.valid(arg, body);
    const candidate = host.fresh();
    inner.push(local(candidate.name, host.value(arg, inner)));
    const [x, y] = expr.fn === 'least' ? [candidate, target] : [target, candidate];
    const better =
      expr.type === 'utf8' ? call('strlt', x, y) : isFloat(expr.type) ? lessFloat(x, y) : binary('<', x, y);
    const cond: Ir = always ? better : { k: 'binary', op: 'or', a: binary('==', target, NULL), b: better };
    inner.push(...when(cond, [set(target, candidate)]));
    body.push(...when(valid, [{ s: 'scope', body: inner }]));
    if (valid === TRUE) always = true;
  }
  into.push(local(target.name, NULL), { s: 'scope', body });
  return { valid: always ? TRUE : isNotNull(target), value: target };
}

/** Bools are 0 and 1. */
export const holds = (value: Ir, wanted: boolean): Ir => binary('==', value, int(wanted ? 1 : 0));

export const plusZero = (value: Ir): Ir => add(value, int(0));

import { ShardfoldError } from '../../errors.js';
import { specProblem } from './check-spec.js';
import type { Body } from './infer.js';
import type { FunctionSpec } from './spec.js';

/** A spec as it is written: flags, keys and arguments may be left out where there are none, and `returns` where it is nothing. */
export type SpecInput = Pick<FunctionSpec, 'name'> & Partial<FunctionSpec>;

type Or<I, K extends keyof FunctionSpec, Default extends FunctionSpec[K]> = I extends {
  readonly [P in K]: infer T extends FunctionSpec[K];
}
  ? T
  : Default;

/** The spec with what was left out. */
export interface Completed<I extends SpecInput> extends FunctionSpec {
  readonly name: I['name'];
  readonly flags: Or<I, 'flags', readonly []>;
  readonly keys: Or<I, 'keys', Record<never, never>>;
  readonly args: Or<I, 'args', Record<never, never>>;
  readonly returns: Or<I, 'returns', { readonly kind: 'null' }>;
}

export type FunctionDefinition<S extends FunctionSpec = FunctionSpec> = S & { readonly body: Body<S> };

/**
 * A server function, written in TypeScript: `shardfold build` compiles the body to Lua. It can be run as it is, too, which is
 * how to test it: `addScore.body({ board: 'b' }, { score: 1 })`.
 * @throws INVALID_ARGUMENT where the spec is none: a name that servers do not allow, an array of nullables, …
 */
export function defineFunction<const I extends SpecInput>(
  spec: I,
  body: Body<Completed<I>>,
): FunctionDefinition<Completed<I>> {
  const { name, flags = [], keys = {}, args = {}, returns = { kind: 'null' } } = spec;
  const complete = { name, flags, keys, args, returns };
  const problem = specProblem(complete);
  if (problem !== undefined) throw new ShardfoldError('INVALID_ARGUMENT', `${name}: ${problem}`);
  return { ...complete, body } as FunctionDefinition<Completed<I>>;
}

/**
 * The states that kernels keep, as data: their fields, what a passing row does to them, and how two of them merge. The same
 * statements run in the shards and on the client, over single variables (no groups) or tables indexed by group.
 *
 * Unit-scoped states depend on the order of additions: they start afresh in every unit of 8,128 rows and merge by the fixed
 * tree. The others are exact in any order and run on through a slice.
 */

import type { BoundCustom, StateKind, StateSpec } from '../aggregates/index.js';
import type { BoundPass } from '../aggregates/row-pass.js';
import type { Constants } from './constants.js';
import { add, binary, call, div, type Ir, int, local, mul, type Stmt, set, sub, variable } from './ir.js';
import { type Cells, plainState, type StateCode } from './state-code.js';
import { customState } from './states-custom.js';
import { exactProduct, exactSum } from './states-exact.js';
import { binCounts, bucketCounts, firstValues, greatestValues, registers, valueCounts } from './states-maps.js';
import { coMoments, moments } from './states-moments.js';
import { passState } from './states-pass.js';
import { endState, extremeRow, isNone, type RowArg } from './states-rows.js';

const ZERO = { init: '0', wire: 'd' } as const;
const COUNT = { init: '0', wire: 'H' } as const;
const zero = int(0);
const one = int(1);
/** Limb of exact sums: high * 2^32 + low. */
const LIMB = int(2 ** 32);

const when = (cond: Ir, body: Stmt[], otherwise?: Stmt[]): Stmt =>
  otherwise === undefined ? { s: 'if', cond, body } : { s: 'if', cond, body, otherwise };

function counter(kind: 'valid' | 'nans'): StateCode {
  return plainState(kind, [COUNT], ([x], cell) => {
    const more = set(cell(0), add(cell(0), one));
    return kind === 'valid' ? [more] : [when(binary('~=', x, x), [more])];
  });
}

/** (S, C) += (s, c) with the rounding error of S + s kept (TwoSum, Knuth 1969). */
function addCompensated(cell: Cells, value: Ir, compensation: Ir): Stmt[] {
  const [t, z] = [variable('t'), variable('z')];
  const error = add(sub(cell(0), sub(t, z)), sub(value, z));
  return [
    {
      s: 'scope',
      body: [
        local('t', add(cell(0), value)),
        local('z', sub(t, cell(0))),
        set(cell(1), add(add(cell(1), compensation), error)),
        set(cell(0), t),
      ],
    },
  ];
}

/** A float sum: blocks of 64 summed pairwise, one compensated addition a block (Neumaier 1974); plain within a group's unit. */
const sumFloat: StateCode = {
  kind: 'sumFloat',
  fields: [ZERO, { ...ZERO, byMerge: true }],
  unitScoped: true,
  scratch: 0,
  inputs: 1,
  row: ([x], _cell, deliver) => deliver(0, x),
  block: ([sum], cell) => addCompensated(cell, sum as Ir, zero),
  groupRow: ([x], cell) => [set(cell(0), add(cell(0), x))],
  merge: (a, b) => addCompensated(a, b(0), b(1)),
};

/** The sum of whole numbers that cannot leave ±2^53 within a chunk. */
function narrowSum(kind: 'sumWhole' | 'sumSquares'): StateCode {
  return plainState(kind, [ZERO], ([x], cell) => [set(cell(0), add(cell(0), kind === 'sumWhole' ? x : mul(x, x)))]);
}

/** The sum of whole numbers up to ±2^53 each, in two limbs, either of them exact. */
function wideSum(kind: 'sumWhole' | 'sumSquares'): StateCode {
  return plainState(kind, [ZERO, ZERO], ([x], cell) => {
    const [w, h] = [variable('w'), variable('h')];
    return [
      {
        s: 'scope',
        body: [
          local('w', kind === 'sumWhole' ? x : mul(x, x)),
          local('h', call('floor', div(w, LIMB))),
          set(cell(0), add(cell(0), h)),
          set(cell(1), add(cell(1), sub(w, mul(h, LIMB)))),
        ],
      },
    ];
  });
}

/** Least or greatest number, the first of equal ones; NaN never compares. */
function extreme(kind: 'minNumber' | 'maxNumber'): StateCode {
  const isMin = kind === 'minNumber';
  return plainState(kind, [{ init: isMin ? 'INF' : '-INF', wire: 'd' }], ([x], cell) => [
    when(binary(isMin ? '<' : '>', x, cell(0)), [set(cell(0), x)]),
  ]);
}

/**
 * Least or greatest code; codes are in the order of what they stand for. They reach 65,535, so that no code is left to say
 * that there was none: the number of values does.
 */
function extremeCode(kind: 'minString' | 'maxString' | 'minNumber' | 'maxNumber'): StateCode {
  const isMin = kind === 'minString' || kind === 'minNumber';
  return plainState(kind, [{ init: isMin ? '65535' : '0', wire: 'H', holds: 0 }], ([x], cell) => [
    when(binary(isMin ? '<' : '>', x, cell(0)), [set(cell(0), x)]),
  ]);
}

/** Least or greatest string by bytes. */
function extremeString(kind: 'minString' | 'maxString'): StateCode {
  return plainState(kind, [{ init: 'NONE', wire: 'S' }], ([x], cell) => {
    const better = kind === 'minString' ? call('strlt', x, cell(0)) : call('strlt', cell(0), x);
    return [when(binary('or', isNone(cell(0)), better), [set(cell(0), x)])];
  });
}

/** What a state needs to know of its arguments in one kernel. */
export interface StateContext {
  readonly args: readonly RowArg[];
  /** Largest magnitude of a whole number; Infinity where unknown. */
  readonly magnitude: number;
  /** Rows of a chunk at most, over which a sum must stay exact. */
  readonly maxRows: number;
  readonly constants: Constants;
  /** Makes a constant of the state's parameter: a number. */
  number(value: number): Ir;
  /** The name of a list of constants. */
  list(values: readonly number[]): string;
}

const MAX_EXACT = 2 ** 53;
const NO_ARG: RowArg = { type: 'null', coded: false };

/** `rows` is kept by the kernel itself. */
export function stateCode(spec: StateSpec, context: StateContext): StateCode {
  const { kind } = spec;
  const { magnitude, maxRows } = context;
  const [arg = NO_ARG, by = NO_ARG] = context.args;
  switch (kind) {
    case 'valid':
    case 'nans':
      return counter(kind);
    case 'sumFloat':
      return sumFloat;
    case 'sumWhole':
      if (arg.coded) return narrowSum(kind);
      return magnitude * maxRows <= MAX_EXACT ? narrowSum(kind) : wideSum(kind);
    case 'sumSquares':
      return magnitude * magnitude * maxRows <= MAX_EXACT ? narrowSum(kind) : wideSum(kind);
    case 'moments':
      return moments;
    case 'coMoments':
      return coMoments;
    case 'exactSum':
      return exactSum((spec.param ?? 0) as number);
    case 'exactProduct':
      return exactProduct(spec.param as readonly [number, number]);
    case 'minNumber':
    case 'maxNumber':
      return arg.coded ? extremeCode(kind) : extreme(kind);
    case 'minString':
    case 'maxString':
      return arg.coded ? extremeCode(kind) : extremeString(kind);
    case 'first':
    case 'last':
      return endState(kind, arg);
    case 'argMin':
    case 'argMax':
      return extremeRow(kind, arg, by);
    case 'values':
      return valueCounts(arg);
    case 'pass':
      return passState(spec.param as BoundPass, context.list((spec.param as BoundPass).list));
    default:
      return stateWithParam(kind, spec.param, context);
  }
}

function stateWithParam(
  kind: 'buckets' | 'bins' | 'registers' | 'greatest' | 'list' | 'custom',
  param: StateSpec['param'],
  { args, constants, number, list }: StateContext,
): StateCode {
  const [arg = NO_ARG] = args;
  if (kind === 'registers') return registers(arg);
  if (kind === 'bins') return binCounts(list(param as readonly number[]));
  if (kind === 'custom') return customState(param as BoundCustom, constants);
  const value = number(param as number);
  if (kind === 'buckets') return bucketCounts(value);
  return kind === 'list' ? firstValues(arg, value) : greatestValues(arg, (value as { name: string }).name);
}

/** States that can be kept of codes as well as of what they stand for. */
const OF_CODES = new Set<StateKind>([
  'valid',
  'nans',
  'sumWhole',
  'minNumber',
  'maxNumber',
  'minString',
  'maxString',
  'first',
  'last',
  'argMin',
  'argMax',
  'values',
  'greatest',
  'list',
]);

export const takesCodes = (kind: StateKind): boolean => OF_CODES.has(kind);

/** The unit-scoped states of Shardfold's own, whose merge the coordinator goes on with. */
export const TREE_STATES: Partial<Record<StateKind, StateCode>> = { sumFloat, moments, coMoments };

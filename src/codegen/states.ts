/**
 * The states that kernels keep, as data: their fields, what a passing row does to them, and how two of them merge. The same
 * statements run in the shards and on the client, over single variables (no groups) or tables indexed by group.
 *
 * Unit-scoped states depend on the order of additions: they start afresh in every unit of 8,128 rows and merge by the fixed
 * tree. The others are exact in any order and run on through a slice.
 */

import type { StateKind } from '../aggregates/index.js';
import { add, binary, call, div, type Ir, int, local, mul, type Stmt, set, sub, type Target, variable } from './ir.js';

/** How a field travels: `d` float64, `H` uint16 (counts within a chunk, dictionary codes), `S` bytes with their length. */
export type Wire = 'd' | 'H' | 'S';

export interface FieldCode {
  /** Name of the initial value: a number, or an infinity that the runtime provides. NONE is a string not yet seen. */
  readonly init: '0' | '65535' | 'INF' | '-INF' | 'NONE';
  readonly wire: Wire;
}

export type Cells = (field: number) => Target;

export interface StateCode {
  readonly kind: StateKind;
  readonly fields: readonly FieldCode[];
  readonly unitScoped: boolean;
  /** Extra variables that a unit needs without groups; they start at 0. */
  readonly scratch: number;
  /** What a row with the non-null value x does. `deliver` hands a value to the pairwise sum of the block of 64 rows. */
  row(x: Ir, cell: Cells, deliver: (input: number, value: Ir) => Stmt[]): Stmt[];
  /** How many values a row delivers. */
  readonly inputs: number;
  /** What the pairwise sums of a block do. */
  block?(sums: readonly Ir[], cell: Cells): Stmt[];
  /** What a row does to its group, for unit-scoped states. */
  groupRow?(x: Ir, cell: Cells): Stmt[];
  /** Merges b into a, for unit-scoped states. Merging with the state of no rows changes no bit. */
  merge?(a: Cells, b: Cells): Stmt[];
}

const ZERO = { init: '0', wire: 'd' } as const;
const COUNT = { init: '0', wire: 'H' } as const;
const zero = int(0);
const one = int(1);
/** Limb of exact sums: high * 2^32 + low. */
const LIMB = int(2 ** 32);

const when = (cond: Ir, body: Stmt[], otherwise?: Stmt[]): Stmt =>
  otherwise === undefined ? { s: 'if', cond, body } : { s: 'if', cond, body, otherwise };

function counter(kind: 'valid' | 'nans'): StateCode {
  const counted = (x: Ir, cell: Cells): Stmt[] => {
    const more = set(cell(0), add(cell(0), one));
    return kind === 'valid' ? [more] : [when(binary('~=', x, x), [more])];
  };
  return { kind, fields: [COUNT], unitScoped: false, scratch: 0, inputs: 0, row: counted };
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
  fields: [ZERO, ZERO],
  unitScoped: true,
  scratch: 0,
  inputs: 1,
  row: (x, _cell, deliver) => deliver(0, x),
  block: ([sum], cell) => addCompensated(cell, sum as Ir, zero),
  groupRow: (x, cell) => [set(cell(0), add(cell(0), x))],
  merge: (a, b) => addCompensated(a, b(0), b(1)),
};

/** The sum of whole numbers that cannot leave ±2^53 within a chunk. */
function narrowSum(kind: 'sumWhole' | 'sumSquares'): StateCode {
  const row = (x: Ir, cell: Cells): Stmt[] => [set(cell(0), add(cell(0), kind === 'sumWhole' ? x : mul(x, x)))];
  return { kind, fields: [ZERO], unitScoped: false, scratch: 0, inputs: 0, row };
}

/** The sum of whole numbers up to ±2^53 each, in two limbs, either of them exact. */
function wideSum(kind: 'sumWhole' | 'sumSquares'): StateCode {
  const row = (x: Ir, cell: Cells): Stmt[] => {
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
  };
  return { kind, fields: [ZERO, ZERO], unitScoped: false, scratch: 0, inputs: 0, row };
}

/**
 * Moments [n, pivot, m, M2]: deviations from the pivot (the unit's first value) keep digits that the values themselves would
 * lose; a block's sums are taken about the running mean, then merged (Chan, Golub & LeVeque 1983). Groups use Welford's
 * recurrence (1962) on the same deviations.
 */
const moments: StateCode = {
  kind: 'moments',
  fields: [ZERO, ZERO, ZERO, ZERO],
  unitScoped: true,
  scratch: 1,
  inputs: 2,
  row: (x, cell, deliver) => {
    const e = variable('e');
    return [
      when(binary('==', cell(0), zero), [set(cell(1), x)]),
      set(cell(0), add(cell(0), one)),
      local('e', sub(sub(x, cell(1)), cell(2))),
      ...deliver(0, e),
      ...deliver(1, mul(e, e)),
    ];
  },
  block: ([s1, s2], cell) => {
    const [nb, delta, before] = [variable('nb'), variable('delta'), cell(4)];
    const between = mul(mul(delta, delta), div(mul(before, nb), cell(0)));
    return [
      when(binary('>', cell(0), before), [
        local('nb', sub(cell(0), before)),
        local('delta', div(s1 as Ir, nb)),
        set(cell(3), add(cell(3), add(sub(s2 as Ir, mul(s1 as Ir, delta)), between))),
        set(cell(2), add(cell(2), mul(delta, div(nb, cell(0))))),
        set(before, cell(0)),
      ]),
    ];
  },
  groupRow: (x, cell) => {
    const [n, d, e, m] = [variable('n1'), variable('d'), variable('e'), variable('m')];
    return [
      {
        s: 'scope',
        body: [
          local('n1', add(cell(0), one)),
          set(cell(0), n),
          // 0, but NaN where the pivot is infinite or NaN.
          when(
            binary('==', n, one),
            [set(cell(1), x), set(cell(3), sub(x, x))],
            [
              local('d', sub(x, cell(1))),
              local('e', sub(d, cell(2))),
              local('m', add(cell(2), div(e, n))),
              set(cell(2), m),
              set(cell(3), add(cell(3), mul(e, sub(d, m)))),
            ],
          ),
        ],
      },
    ];
  },
  merge: (a, b) => {
    const [n, delta] = [variable('n2'), variable('delta')];
    const copy = [0, 1, 2, 3].map((field) => set(a(field), b(field)));
    return [
      when(binary('>', b(0), zero), [
        when(binary('==', a(0), zero), copy, [
          local('n2', add(a(0), b(0))),
          local('delta', add(sub(b(1), a(1)), sub(b(2), a(2)))),
          set(a(3), add(add(a(3), b(3)), mul(mul(delta, delta), div(mul(a(0), b(0)), n)))),
          set(a(2), add(a(2), mul(delta, div(b(0), n)))),
          set(a(0), n),
        ]),
      ]),
    ];
  },
};

/** Least or greatest number, the first of equal ones; NaN never compares. */
function extreme(kind: 'minNumber' | 'maxNumber'): StateCode {
  const isMin = kind === 'minNumber';
  return {
    kind,
    fields: [{ init: isMin ? 'INF' : '-INF', wire: 'd' }],
    unitScoped: false,
    scratch: 0,
    inputs: 0,
    row: (x, cell) => [when(binary(isMin ? '<' : '>', x, cell(0)), [set(cell(0), x)])],
  };
}

/**
 * Least or greatest code; codes are in the order of what they stand for. They reach 65,535, so that no code is left to say
 * that there was none: the number of values does.
 */
function extremeCode(kind: 'minString' | 'maxString' | 'minNumber' | 'maxNumber'): StateCode {
  const isMin = kind === 'minString' || kind === 'minNumber';
  return {
    kind,
    fields: [{ init: isMin ? '65535' : '0', wire: 'H' }],
    unitScoped: false,
    scratch: 0,
    inputs: 0,
    row: (x, cell) => [when(binary(isMin ? '<' : '>', x, cell(0)), [set(cell(0), x)])],
  };
}

/** Least or greatest string by bytes. */
function extremeString(kind: 'minString' | 'maxString'): StateCode {
  return {
    kind,
    fields: [{ init: 'NONE', wire: 'S' }],
    unitScoped: false,
    scratch: 0,
    inputs: 0,
    row: (x, cell) => {
      const better = kind === 'minString' ? call('strlt', x, cell(0)) : call('strlt', cell(0), x);
      return [when(binary('or', binary('==', cell(0), variable('NONE')), better), [set(cell(0), x)])];
    },
  };
}

/** What a state needs to know of its argument in one kernel. */
export interface StateArg {
  /** Largest magnitude of a whole number; Infinity where unknown. */
  readonly magnitude: number;
  /** Whether values come as the codes of a column, and are made what they stand for by whoever reads the partial. */
  readonly asCodes: boolean;
}

const MAX_EXACT = 2 ** 53;

/** `rows` is kept by the kernel itself. @param maxRows rows of a chunk, over which a sum must stay exact */
export function stateCode(kind: Exclude<StateKind, 'rows'>, arg: StateArg, maxRows: number): StateCode {
  switch (kind) {
    case 'valid':
    case 'nans':
      return counter(kind);
    case 'sumFloat':
      return sumFloat;
    case 'sumWhole':
      if (arg.asCodes) return narrowSum(kind);
      return arg.magnitude * maxRows <= MAX_EXACT ? narrowSum(kind) : wideSum(kind);
    case 'sumSquares':
      return arg.magnitude * arg.magnitude * maxRows <= MAX_EXACT ? narrowSum(kind) : wideSum(kind);
    case 'moments':
      return moments;
    case 'minNumber':
    case 'maxNumber':
      return arg.asCodes ? extremeCode(kind) : extreme(kind);
    case 'minString':
    case 'maxString':
      return arg.asCodes ? extremeCode(kind) : extremeString(kind);
  }
}

/** The unit-scoped states, whose merge the coordinator goes on with. */
export const TREE_STATES: Partial<Record<StateKind, StateCode>> = { sumFloat, moments };

/** Moments of one number and of two, merged by the formula of Chan, Golub & LeVeque (1983). */

import { add, binary, div, type Ir, int, local, mul, type Stmt, set, sub, variable } from './ir.js';
import type { Cells, StateCode } from './state-code.js';

const ZERO = { init: '0', wire: 'd' } as const;
const zero = int(0);
const one = int(1);

/**
 * Moments [n, pivot, m, M2]: deviations from the pivot (the unit's first value) keep digits that the values themselves would
 * lose; a block's sums are taken about the running mean, then merged. Groups use Welford's recurrence (1962) on the same
 * deviations.
 */
export const moments: StateCode = {
  kind: 'moments',
  fields: [ZERO, ZERO, ZERO, ZERO],
  unitScoped: true,
  scratch: 1,
  inputs: 2,
  row: ([x], cell, deliver) => {
    const e = variable('e');
    return [
      { s: 'if', cond: binary('==', cell(0), zero), body: [set(cell(1), x)] },
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
      {
        s: 'if',
        cond: binary('>', cell(0), before),
        body: [
          local('nb', sub(cell(0), before)),
          local('delta', div(s1 as Ir, nb)),
          set(cell(3), add(cell(3), add(sub(s2 as Ir, mul(s1 as Ir, delta)), between))),
          set(cell(2), add(cell(2), mul(delta, div(nb, cell(0))))),
          set(before, cell(0)),
        ],
      },
    ];
  },
  groupRow: ([x], cell) => {
    const [n, d, e, m] = [variable('n1'), variable('d'), variable('e'), variable('m')];
    return [
      {
        s: 'scope',
        body: [
          local('n1', add(cell(0), one)),
          set(cell(0), n),
          {
            s: 'if',
            cond: binary('==', n, one),
            // 0, but NaN where the pivot is infinite or NaN.
            body: [set(cell(1), x), set(cell(3), sub(x, x))],
            otherwise: [
              local('d', sub(x, cell(1))),
              local('e', sub(d, cell(2))),
              local('m', add(cell(2), div(e, n))),
              set(cell(2), m),
              set(cell(3), add(cell(3), mul(e, sub(d, m)))),
            ],
          },
        ],
      },
    ];
  },
  merge: (a, b) => {
    const [n, delta] = [variable('n2'), variable('delta')];
    return mergeCounted(a, b, 4, [
      local('n2', add(a(0), b(0))),
      local('delta', add(sub(b(1), a(1)), sub(b(2), a(2)))),
      set(a(3), add(add(a(3), b(3)), mul(mul(delta, delta), div(mul(a(0), b(0)), n)))),
      set(a(2), add(a(2), mul(delta, div(b(0), n)))),
      set(a(0), n),
    ]);
  },
};

/** Merges states that begin with their number of rows: one without rows changes nothing, or is replaced. */
export function mergeCounted(a: Cells, b: Cells, fields: number, both: readonly Stmt[]): Stmt[] {
  const copy = Array.from({ length: fields }, (_, field) => set(a(field), b(field)));
  const body: Stmt[] = [{ s: 'if', cond: binary('==', a(0), zero), body: copy, otherwise: both }];
  return [{ s: 'if', cond: binary('>', b(0), zero), body }];
}

/** Adds to a product of deviations what lies between the means of two parts. */
const between = (of: Ir, a: Ir, b: Ir, weight: Ir): Ir => add(of, mul(mul(a, b), weight));

/** Fields [n, x pivot, y pivot, x mean - pivot, y mean - pivot, Σdx², Σdxdy, Σdy²], by Welford's recurrence within a unit. */
export const coMoments: StateCode = {
  kind: 'coMoments',
  fields: [ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO],
  unitScoped: true,
  scratch: 0,
  inputs: 0,
  row: coRow,
  groupRow: coRow,
  merge: (a, b) => {
    const [n, dx, dy, w] = ['n2', 'dx', 'dy', 'w2'].map(variable) as [Ir, Ir, Ir, Ir];
    return mergeCounted(a, b, 8, [
      local('n2', add(a(0), b(0))),
      local('w2', div(mul(a(0), b(0)), n)),
      local('dx', add(sub(b(1), a(1)), sub(b(3), a(3)))),
      local('dy', add(sub(b(2), a(2)), sub(b(4), a(4)))),
      set(a(5), between(add(a(5), b(5)), dx, dx, w)),
      set(a(6), between(add(a(6), b(6)), dx, dy, w)),
      set(a(7), between(add(a(7), b(7)), dy, dy, w)),
      set(a(3), add(a(3), mul(dx, div(b(0), n)))),
      set(a(4), add(a(4), mul(dy, div(b(0), n)))),
      set(a(0), n),
    ]);
  },
};

function coRow(args: readonly [Ir, ...Ir[]], cell: Cells): Stmt[] {
  const [x, y] = args as readonly [Ir, Ir];
  const names = ['n1', 'dx', 'dy', 'ex', 'ey', 'mx', 'my'] as const;
  const [n, dx, dy, ex, ey, mx, my] = names.map(variable) as [Ir, Ir, Ir, Ir, Ir, Ir, Ir];
  return [
    {
      s: 'scope',
      body: [
        local('n1', add(cell(0), one)),
        set(cell(0), n),
        {
          s: 'if',
          cond: binary('==', n, one),
          // Zeros, but NaN beside a value that is infinite or NaN.
          body: [
            set(cell(1), x),
            set(cell(2), y),
            set(cell(5), sub(x, x)),
            set(cell(6), mul(sub(x, x), sub(y, y))),
            set(cell(7), sub(y, y)),
          ],
          otherwise: [
            local('dx', sub(x, cell(1))),
            local('dy', sub(y, cell(2))),
            local('ex', sub(dx, cell(3))),
            local('ey', sub(dy, cell(4))),
            local('mx', add(cell(3), div(ex, n))),
            local('my', add(cell(4), div(ey, n))),
            set(cell(3), mx),
            set(cell(4), my),
            set(cell(5), add(cell(5), mul(ex, sub(dx, mx)))),
            set(cell(6), add(cell(6), mul(ex, sub(dy, my)))),
            set(cell(7), add(cell(7), mul(ey, sub(dy, my)))),
          ],
        },
      ],
    },
  ];
}

/** From a query to a linear model: columns, R, the solver, and what the result says of itself. */

import type { ClusterLink } from '../../cluster/types.js';
import { qr, unpackedR } from '../../codegen/passes/qr.js';
import type { Query } from '../../query/query.js';
import { onOneVersion } from '../common/fitting.js';
import { normalR } from './by-normal.js';
import { checkRows, dependentError, notFinite } from './checks.js';
import { type Design, designOf } from './design.js';
import { LinearModel } from './model.js';
import { type LinearOptions, type LinearSpec, linearSpec } from './options.js';
import { type Passes, passesOf } from './passes.js';
import type { Problem } from './problem.js';
import { scaled, scaledColumn, scaledR, scalesOf } from './scales.js';
import type { Solution } from './solution.js';
import { solve, solveNormal } from './solve.js';
import { columnNorms, dependences, type Rows, scaledCondition } from './triangle.js';

/**
 * Fits a linear model over the rows of a query.
 * @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH, PLAN_TOO_LARGE before rows are read; INVALID_VALUE for weights, and nulls where
 *   they are refused; OUT_OF_RANGE for NaN and infinities; TOO_FEW_ROWS; SINGULAR naming columns; whatever `collect` throws
 */
export async function fitLinear(link: ClusterLink, source: Query, options: LinearOptions): Promise<LinearModel> {
  const spec = linearSpec(options);
  return onOneVersion(source, spec.run, async (fitting) => {
    const design = await designOf(link, fitting, spec);
    const passes = passesOf(fitting, design);
    const { rows, dropped, ...factors } = await factor(design, spec, passes);
    await checkRows(fitting, { spec, design, rows, dropped });
    notFinite(factors.data, [...design.names, spec.y]);
    const problem = problemOf({ design, spec, passes, rows, ...factors });
    const found = dependences(problem.r, design.names.length, columnNorms(problem.r));
    if (found.length > 0) throw dependentError(found, design.names, spec.method);
    const solution = spec.method === 'normal' ? solveNormal(problem) : await solve(problem);
    if (solution === 'dependent') throw dependentError([], design.names, spec.method);
    return modelOf({ spec, design, problem, solution, dropped, passes });
  });
}

interface Factor {
  readonly data: Rows;
  /** With the penalty, where it is there already. */
  readonly r?: Rows;
  readonly rows: number;
  readonly dropped: number;
}

/** R of [X, y] as the columns stand. */
async function factor(design: Design, spec: LinearSpec, passes: Passes): Promise<Factor> {
  if (spec.method === 'normal') return normalR(design, spec, passes);
  const { columns, y, weight } = design;
  const weights = weight === undefined ? [] : [weight];
  const { flat, rows, dropped } = await passes.run('qr', [...columns, y, ...weights], [weights.length]);
  return { data: rows === 0 ? [] : unpackedR(flat, columns.length + 1).r, rows, dropped };
}

interface Given {
  readonly design: Design;
  readonly spec: LinearSpec;
  readonly passes: Passes;
  readonly data: Rows;
  readonly r?: Rows;
  readonly rows: number;
}

function problemOf({ design, spec, passes, data: raw, r: given, rows }: Given): Problem {
  const scales = scalesOf(raw);
  const data = scaledR(raw, scales);
  const penalised = design.names.map((_, j) => spec.l2 > 0 && !(spec.intercept && j === 0));
  const r = given === undefined ? withPenalty(data, penalised, spec.l2, scales) : scaledR(given, scales);
  const columns = [...design.columns, design.y].map((column, j) => scaledColumn(column, scales[j] as number));
  const p = penalised.length;
  return {
    ...{ rows, r, data, scales, penalised },
    intercept: spec.intercept,
    norms: columnNorms(data),
    l2: spec.l2,
    condition: p === 0 ? 1 : scaledCondition(r, p, columnNorms(r)),
    columns: design.weight === undefined ? columns : [...columns, design.weight],
    weighted: design.weight !== undefined,
    run: (...given) => passes.run(...given),
  };
}

/** R of the rows with √λ on the diagonal beneath. */
function withPenalty(data: Rows, penalised: readonly boolean[], l2: number, scales: readonly number[]): Rows {
  if (l2 === 0) return data;
  const size = data.length;
  const flat = (rows: Rows): number[] => [...rows.flatMap((row, i) => row.slice(i)), 0];
  const penalty = data.map((row, i) =>
    row.map((_, j) => (i === j && penalised[i] ? scaled(Math.sqrt(l2), -(scales[i] as number)) : 0)),
  );
  return unpackedR(qr.js.join(flat(data), flat(penalty), size, [0]), size).r;
}

/** Part of the squares of y below which what is left of them is rounding (as R's summary.lm has it). */
const PERFECT = 1e-30;
/** Part of the squares of y below which its squares about the mean are rounding errors. */
const CONSTANT = 2 ** -96;

interface Found {
  readonly spec: LinearSpec;
  readonly design: Design;
  readonly problem: Problem;
  readonly solution: Solution;
  readonly dropped: number;
  readonly passes: Passes;
}

/** Back in the units of the columns. */
function modelOf({ spec, design, problem, solution, dropped, passes }: Found): LinearModel {
  const { scales, rows, condition, norms } = problem;
  const y = scales[design.names.length] as number;
  const df = rows - design.names.length;
  // Of a y that does not vary there is nothing to explain.
  const total = solution.total > CONSTANT * (norms.at(-1) as number) ** 2 ? solution.total : Number.NaN;
  const unscaled = (x: number, j: number): number => scaled(x, y - (scales[j] as number));
  return new LinearModel({
    ...{ y: spec.y, terms: design.terms, intercept: spec.intercept, method: spec.method, l2: spec.l2 },
    ...(spec.weights !== undefined && { weights: spec.weights }),
    coefficients: design.names.map((name, j) => ({
      name,
      estimate: unscaled(solution.beta[j] as number, j),
      standardError: solution.standardErrors === undefined ? null : unscaled(solution.standardErrors[j] as number, j),
    })),
    r2: solution.explained / total,
    unexplained: solution.rss / total,
    isPerfect: solution.rss <= PERFECT * (norms.at(-1) as number) ** 2,
    residualStandardDeviation: scaled(Math.sqrt(df > 0 ? solution.rss / df : Number.NaN), y),
    conditionNumber: condition,
    ...{ n: rows, dropped },
    solver: solution.solver,
    digits: solution.digits,
    standardErrorDigits: solution.standardErrors === undefined ? null : solution.standardErrorDigits,
    receipt: passes.receipt(),
  });
}

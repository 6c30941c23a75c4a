/** A fold framed as JavaScript: row by row, with the block sums of the Lua kernel, hence the same bits. */

import type { FoldBody } from './body.js';
import { oneRow } from './decode-lua.js';
import { findGroup, groupStarts, groupTable, groupTables } from './groups.js';
import { at, type Stmt, set, variable } from './ir.js';
import { codeNames, javaScriptLookups } from './join-frame.js';
import type { LookupInput } from './join-table.js';
import { prologue, readRow } from './js-frame.js';
import { lists } from './lua-reply.js';
import type { Partial } from './partial.js';
import { printJavaScript } from './print.js';
import { initText } from './state-code.js';
import { unitsOf } from './units.js';
import type { Values } from './values.js';

/** The columns of one slice, by slot. */
export interface SliceColumn {
  /** Floats or codes of the slice's rows; `plain` columns have offsets instead. */
  readonly values: ArrayLike<number>;
  /** Validity bits of the slice's rows, least significant first. */
  readonly bits?: Uint8Array;
  /** Entry of a dictionary by code, or string of a plain column by row, as bytes. */
  readonly text?: (at: number) => string;
  readonly base: number;
  readonly step: number;
  readonly entries: number;
}

export interface KernelInput {
  readonly rows: number;
  readonly columns: readonly SliceColumn[];
  readonly numbers: readonly number[];
  readonly strings: readonly string[];
  readonly sets: readonly (readonly (number | string)[])[];
  readonly lists?: readonly (readonly number[])[];
  readonly thresholds: readonly number[];
  readonly strides: readonly number[];
  readonly lookups?: readonly LookupInput[];
}

export type JavaScriptKernel<Result = Partial> = (input: KernelInput) => Result;

const BLOCK = 64;

/** The source of the function body; it takes `input` and `runtime`. */
export function javaScriptSource(body: FoldBody): string {
  const group = (values: Values, outer: Stmt[]): Stmt[] => findGroup(body, values, outer);
  const deliver = (input: number, value: Parameters<typeof set>[1]): Stmt[] => [
    set(at(`D${input}`, variable('q')), value),
  ];
  const row = printJavaScript(body.row({ names: oneRow, deliver }, group));
  const inputs = Array.from({ length: body.inputCount }, (_, input) => input);
  const { rows: unitRows } = unitsOf(body.shape.spec);
  // Printed before the frame, so that the constants that merging needs are known.
  const merge = body.treeCells.length > 0 ? mergeFunction(body) : [];
  return [
    ...prologue(body.shape.columns, body.constants),
    ...body.lists.map((_, i) => `const L${i + 1} = input.lists[${i}];`),
    ...javaScriptLookups(body.shape.spec.lookups ?? [], body.values(codeNames)),
    ...strides(body),
    ...inputs.map((input) => `const D${input} = new Float64Array(${BLOCK});`),
    ...startSlice(body, merge),
    `for (let lo = 0; lo < n; lo += ${unitRows}) {`,
    `const hi = Math.min(lo + ${unitRows}, n);`,
    ...startUnit(body),
    `for (let first = lo; first < hi; first += ${BLOCK}) {`,
    `const last = Math.min(first + ${BLOCK}, hi);`,
    ...inputs.map((input) => `D${input}.fill(0);`),
    'for (let r = first; r < last; r++) {',
    ...(inputs.length > 0 ? ['const q = r - first;'] : []),
    ...readRow(body.shape.columns),
    row,
    '}',
    ...inputs.map((input) => `const y${input} = fold(D${input});`),
    printJavaScript(body.block((input) => variable(`y${input}`))),
    '}',
    ...endUnit(body),
    '}',
    ...endSlice(body),
    ...result(body),
  ].join('\n');
}

function strides(body: FoldBody): string[] {
  if (!body.grouped || !body.shape.dense) return [];
  const { length } = body.shape.spec.keys;
  const lines = Array.from({ length: length - 1 }, (_, i) => `const q${i + 1} = input.strides[${i + 1}];`);
  return [...lines, `const groups = input.strides[${length}];`];
}

function startSlice(body: FoldBody, merge: readonly string[]): string[] {
  const lines: string[] = [];
  if (body.grouped) {
    lines.push(groupTables(body).js);
    if (body.shape.dense) {
      lines.push(`for (let g = 0; g < groups; g++) { rows[g] = 0; ${groupStarts(body, 'js').join('; ')}; }`);
    }
  } else {
    lines.push('let rows = 0;');
    if (body.spilled) lines.push('const U = [];');
    const start = (cell: number, init: string): void => {
      lines.push(`${body.spilled ? '' : 'let '}${body.cellName(cell)} = ${initText(init, 'js')};`);
    };
    for (const { code, firstCell } of body.states) {
      code.fields.forEach(({ init }, field) => void start(firstCell + field, init));
      for (let i = 0; i < code.scratch; i++) start(firstCell + code.fields.length + i, '0');
    }
  }
  if (merge.length > 0) lines.push('const stack = []; let done = 0;', ...merge);
  return lines;
}

function mergeFunction(body: FoldBody): string[] {
  const merge = printJavaScript(body.treeMerge());
  if (!body.grouped) return [`const merge = (x, y) => { ${merge} };`];
  const tables = body.treeCells.map((_, i) => i + 1);
  return [
    'const merge = (x, y) => {',
    `const ${tables.map((i) => `x${i} = x[${i}], y${i} = y[${i}]`).join(', ')};`,
    ...(body.shape.dense ? [`for (let g = 0; g < groups; g++) { ${merge} }`, '};'] : mergeTouched(tables, merge)),
  ];
}

/** Groups that both sides have merge; those of the right side alone move over. */
function mergeTouched(tables: readonly number[], merge: string): string[] {
  return [
    'const [xt, xs] = x[0];',
    `for (const g of y[0][0]) { if (xs[g] !== 1) { xs[g] = 1; xt.push(g); ${tables.map((i) => `x${i}[g] = y${i}[g];`).join(' ')} }`,
    `else { ${merge} } }`,
    '};',
  ];
}

function startUnit(body: FoldBody): string[] {
  const lines = body.unconditional ? ['rows += hi - lo;'] : [];
  const starts = body.treeStarts;
  if (starts.length === 0) return lines;
  if (!body.grouped) return [...lines, ...starts.map(([cell, init]) => `${body.cellName(cell)} = ${init};`)];
  if (!body.shape.dense) {
    const cells = starts.map(([cell]) => `${body.cellName(cell)} = ${groupTable(body, 'Float64Array')};`);
    return [...lines, 'T = [];', `S = ${groupTable(body, 'Uint8Array')};`, ...cells];
  }
  return [
    ...lines,
    ...starts.map(([cell, init]) => {
      const fill = init === '0' ? '' : `.fill(${init})`;
      return `${body.cellName(cell)} = new Float64Array(groups)${fill};`;
    }),
  ];
}

function endUnit(body: FoldBody): string[] {
  if (body.treeCells.length === 0) return [];
  const cells = body.treeCells.map((cell) => body.cellName(cell)).join(', ');
  return [
    `stack.push([${body.grouped && !body.shape.dense ? '[T, S]' : '0'}, ${cells}]);`,
    'for (let height = ++done; height % 2 === 0; height /= 2) { const y = stack.pop(); merge(stack[stack.length - 1], y); }',
  ];
}

function endSlice(body: FoldBody): string[] {
  if (body.treeCells.length === 0) return [];
  return [
    'while (stack.length > 1) { const y = stack.pop(); merge(stack[stack.length - 1], y); }',
    `[, ${body.treeCells.map((cell) => body.cellName(cell)).join(', ')}] = stack[0];`,
  ];
}

/** The columns of a state's fields from those of its cells: one value a group. */
function fieldColumns(body: FoldBody, column: (cell: string) => string): string {
  const columns = body.states.flatMap(({ code, firstCell }) =>
    code.fields.map(({ wire }, field) => {
      const all = column(body.cellName(firstCell + field));
      return typeof wire === 'object' && 'list' in wire ? lists(wire, all) : all;
    }),
  );
  return `[${columns.join(', ')}]`;
}

function result(body: FoldBody): string[] {
  if (!body.grouped) {
    return [`return { groups: 1, keys: [], rows: [rows], fields: ${fieldColumns(body, (cell) => `[${cell}]`)} };`];
  }
  const keys = body.shape.spec.keys.map((_, key) => keyValues(body, key));
  const gather = body.shape.dense
    ? [
        'const list = [];',
        'for (let g = 0; g < groups; g++) if (rows[g] > 0) list.push(g);',
        'const gather = (t) => list.map((g) => t[g]);',
      ]
    : ['const gather = (t) => t.slice(1, ng + 1);'];
  return [
    ...gather,
    `return { groups: ${body.shape.dense ? 'list.length' : 'ng'}, keys: [${keys.join(', ')}], rows: gather(rows), fields: ${fieldColumns(body, (cell) => `gather(${cell})`)} };`,
  ];
}

function keyValues(body: FoldBody, key: number): string {
  if (body.shape.dense) {
    const next = key + 1 < body.shape.spec.keys.length ? ` % q${key + 1}` : '';
    return key === 0 ? `list.map((g) => g${next})` : `list.map((g) => floor((g${next}) / q${key}))`;
  }
  const gathered = body.shape.spec.keys.length > 1 && body.keyWires[key] !== 'code';
  return gathered ? `gather(K${key + 1}).map((i) => V${key + 1}[i])` : `gather(K${key + 1})`;
}

/** The engine below queries in one module, so that a copy of it can be had in one piece. */
export { connectCluster } from '../../../src/cluster/connect.js';
export { numberedRows, scanRows } from '../../../src/engine/scan.js';
export { quantiles, rankOf, selectRank } from '../../../src/engine/selection.js';
export { sortRows } from '../../../src/engine/sort.js';
export { topRows } from '../../../src/engine/top.js';
export { bind, bindBool } from '../../../src/expr/bind.js';
export { rowSpec } from '../../../src/plan/rows-spec.js';
export { Shardfold } from '../../../src/shardfold.js';
export { openTable } from '../../../src/storage/catalog.js';

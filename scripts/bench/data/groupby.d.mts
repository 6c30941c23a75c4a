import type { GeneratedTable } from './columns.mjs';

export function groupByTable(options: { rows: number; groups?: number; seed?: number }): GeneratedTable;

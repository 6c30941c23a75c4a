import type { GeneratedTable } from './columns.mjs';

export function lineitemTable(options: { rows: number; seed?: number }): GeneratedTable;

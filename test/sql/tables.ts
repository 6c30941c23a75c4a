/** Schemas to translate against, without servers. */
import type { Catalog } from '../../src/plan/catalog.js';
import type { PlanNode } from '../../src/plan/nodes.js';
import type { SqlParameter } from '../../src/sql/plan.js';
import { type Translation, translate } from '../../src/sql/translate.js';
import type { ColumnType } from '../../src/storage/types.js';

const TABLES: Readonly<Record<string, Readonly<Record<string, ColumnType>>>> = {
  flights: { date: 'timestamp', delay: 'int32', distance: 'int32', origin: 'utf8', destination: 'utf8' },
  airports: { code: 'utf8', Name: 'utf8', elevation: 'float64', fee: 'decimal(2)', open: 'bool', since: 'date' },
  Mixed: { a: 'int64', A: 'int64', b: 'int64' },
  MIXED: { c: 'int64' },
};

export const catalog: Catalog = {
  async columnsOf(table) {
    const columns = Object.hasOwn(TABLES, table) ? TABLES[table] : undefined;
    return columns && Object.entries(columns).map(([name, type]) => ({ name, type }));
  },
  tables: async () => Object.keys(TABLES),
  keyColumns: async () => undefined,
};

export const translated = (text: string, parameters: readonly SqlParameter[] = []): Promise<Translation> =>
  translate(text, parameters, catalog);

export const planOf = async (text: string, parameters: readonly SqlParameter[] = []): Promise<PlanNode> =>
  (await translated(text, parameters)).plan;

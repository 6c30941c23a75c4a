import type * as api from '../../../src/index.js';

export interface Question {
  name: string;
  keys: string[];
  query(table: ReturnType<api.Shardfold['table']>): { collect(options?: api.CollectOptions): Promise<api.Rows> };
  sql: string;
  /** Whether our SQL cannot say it. */
  onlyBuilder?: boolean;
}
type Questions = (api: Pick<typeof import('../../../src/index.js'), 'col' | 'corr' | 'count' | 'lit'>) => Question[];
export const groupByQuestions: Questions;
export const tpchQuestions: Questions;
export const flightsQuestions: Questions;

import type { Physical, ValueType } from '../expr/typed.js';
import type { Aggregate } from './aggregate.js';
import { checkCount } from './options.js';
import type { ListType } from './result-type.js';

const any = { takes: () => true, accepts: 'values of any type' };
const resultType = (type: ValueType): ListType => `list(${type === 'null' ? 'int32' : type})`;

/** DuckDB's bound too. */
const MAX_TOP = 999_999;
/** Beyond this a list had better be a query for rows. */
const MAX_LIST = 1_000_000;

/** NaN the greatest, strings (bytes, one char each) by bytes. */
function descending(a: Physical, b: Physical): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return (a as number) < (b as number) ? 1 : (a as number) > (b as number) ? -1 : 0;
}

/** The k greatest of a state's values. */
export function greatest(values: readonly Physical[], k: number): readonly Physical[] {
  return [...values].sort(descending).slice(0, k);
}

export const topK: Aggregate = {
  name: 'topK',
  ...any,
  options: ['k'],
  check: (options) => checkCount(options, 'k', MAX_TOP),
  resultType,
  requires: ({ options }) => [{ kind: 'greatest', param: options.k as number }],
  finish: (states, { options }) => {
    const values = states('greatest')[0] as readonly Physical[];
    return values.length === 0 ? null : greatest(values, options.k as number);
  },
};

/** Nulls are among the values, as in DuckDB's list(). */
export const collectList: Aggregate = {
  name: 'collectList',
  ...any,
  options: ['limit'],
  check: (options) => checkCount(options, 'limit', MAX_LIST),
  resultType,
  requires: ({ options }) => [{ kind: 'list', param: options.limit as number, nulls: 'pass' }],
  finish: (states) => {
    const values = states('list')[1] as readonly Physical[];
    return values.length === 0 ? null : values;
  },
};

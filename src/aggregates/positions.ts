import type { ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import type { Aggregate } from './aggregate.js';

const resultType = (type: ValueType): ColumnType => (type === 'null' ? 'int32' : type);
const any = { takes: () => true, accepts: 'values of any type' };

/** Value of the first or last row, be it null. */
function end(name: 'first' | 'last'): Aggregate {
  return {
    name,
    ...any,
    resultType,
    requires: () => [{ kind: name, nulls: 'pass' }],
    finish: (states) => states(name)[1] as number | string | null,
  };
}

/** Value of the row in which the second argument is least or greatest, the first of several; null takes no part. */
function extremeRow(name: 'argMin' | 'argMax'): Aggregate {
  return {
    name,
    ...any,
    more: [any],
    resultType,
    requires: () => [name],
    finish: (states) => states(name)[1] as number | string | null,
  };
}

export const first = end('first');
export const last = end('last');
export const argMin = extremeRow('argMin');
export const argMax = extremeRow('argMax');

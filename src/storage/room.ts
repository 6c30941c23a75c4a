/** Arrays that grow with what they hold: a small table of many columns must not cost full chunks of memory. */
import { CHUNK_ROWS } from './types.js';

/** The array itself, or a longer copy that holds `length` values. */
export function roomFor<Values extends Float64Array | Int32Array | Uint8Array>(values: Values, length: number): Values {
  if (length <= values.length) return values;
  const capacity = Math.max(length, Math.min(2 * values.length, CHUNK_ROWS));
  const grown = new (values.constructor as new (length: number) => Values)(capacity);
  grown.set(values);
  return grown;
}

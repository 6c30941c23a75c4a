/** Paths into JSON as users write them: `lines[0].price`, `["Unit Price"].net`, `$.city`. */

import { ShardfoldError } from '../../errors.js';

export type JsonPath = readonly (string | number)[];

/** A member by its name, an element by its place, a member by a quoted name; the dot before a plain name is not needed at the start. */
const STEP = /\.?([^.[\]'"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\['((?:[^'\\]|\\.)*)'\]/y;

/**
 * Names of members and places in arrays, from 0 on. A `$` for the whole in front may be left out.
 * @throws INVALID_ARGUMENT where it is no path
 */
export function parseJsonPath(text: string): JsonPath {
  const path: (string | number)[] = [];
  let at = /^\$(?=[.[])/.test(text) ? 1 : 0;
  const start = at;
  while (at < text.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    const [whole = '', name, place, double, single] = match ?? [];
    // A name that follows another, or an element, has a dot before it; the first may have none.
    const dotted = whole.startsWith('.');
    const unfit = match === null || (name !== undefined && (dotted ? at === 0 : at > start)) || name?.trim() === '*';
    if (unfit) throw noPath(text, at);
    path.push(stepOf(name, place, double, single));
    at += whole.length;
  }
  if (path.length === 0) throw noPath(text, 0);
  return Object.freeze(path);
}

function stepOf(
  name: string | undefined,
  place: string | undefined,
  double: string | undefined,
  single: string | undefined,
): string | number {
  if (place !== undefined) return Number(place);
  if (double !== undefined) return String(JSON.parse(double));
  return name ?? (single ?? '').replace(/\\(.)/gs, '$1');
}

/** As `parseJsonPath` reads it. */
export function formatJsonPath(path: JsonPath): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[^.[\]'"$*\s][^.[\]'"*\s]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}

function noPath(text: string, at: number): ShardfoldError {
  const where = at > 0 && at < text.length ? ` at ${JSON.stringify(text.slice(at))}` : '';
  return new ShardfoldError('INVALID_ARGUMENT', `${JSON.stringify(text)} is no path into JSON${where}`, {
    hint: `members and places from 0 on: 'city', 'lines[0].price', '["Unit Price"].net', or a list: ['lines', 0, 'price']`,
  });
}

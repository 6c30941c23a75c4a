/** What the compilers complain about, with what would mend it. */

import { HINTS } from './rules/library.js';

/** @param code `TS2304`, `TSTL100016` */
export function inOurWords(text: string, code: string): [problem: string, hint?: string] {
  const [, missing] = text.match(/^Cannot find name '(\w+)'/) ?? [];
  const known = missing !== undefined && Object.hasOwn(HINTS, missing) ? HINTS[missing] : undefined;
  if (known !== undefined) return [`${missing} is not there in a server (${code})`, known];
  for (const [pattern, problem, hint] of KNOWN) {
    if (pattern.test(text)) return [`${problem ?? text} (${code})`, hint];
  }
  return code.startsWith('TSTL') ? [`${text} (${code})`, 'write it in another way'] : [`${text} (${code})`];
}

const KNOWN: readonly (readonly [pattern: RegExp, problem: string | undefined, hint: string])[] = [
  [
    /on type 'false'|Type 'false' is not assignable/,
    undefined,
    'it may be false, where there is nothing: compare it with false first',
  ],
  [
    /^Unable to convert function/,
    'functions of the server take no `this`, and others do',
    'wrap it in a function: (a, b) => f(a, b)',
  ],
  [/^Cannot create assignment/, 'Lua cannot assign to this', 'assign to a variable, a field or an element'],
  [/^Array literals may not contain/, 'elements of an array may not be null or undefined', 'leave them out'],
  [/^Unsupported node kind/, 'this is not compiled', 'write it in another way'],
];

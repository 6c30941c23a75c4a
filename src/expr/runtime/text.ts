/**
 * Functions of strings of UTF-8 bytes, one char a byte, as kernels hold them on both sides. Positions and lengths count
 * characters (code points), as in DuckDB. Each has a twin in Lua.
 */

const isStart = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xc0) !== 0x80;

/** Where the character after the one at `at` begins. */
function next(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && !isStart(text, end)) end++;
  return end;
}

function f_length(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (isStart(text, i)) count++;
  return count;
}

/** Characters `from` (0-based) up to `to`, `to` left out; outside the text there is nothing. */
function characters(text: string, from: number, to: number): string {
  const first = Math.max(from, 0);
  if (to <= first) return '';
  if (!/[\x80-\xff]/.test(text)) return text.substring(first, to);
  let [at, index, start] = [0, 0, text.length];
  for (; at < text.length && index < to; at = next(text, at), index++) if (index === first) start = at;
  return text.substring(Math.min(start, at), at);
}

/** `_` is one character, `%` any number of them; nothing escapes. The last `%` met takes one more where the rest does not fit. */
function f_like(text: string, pattern: string): boolean {
  let [t, p, star, retry] = [0, 0, -1, 0];
  while (t < text.length) {
    const c = pattern[p];
    if (c === '%') {
      star = p++;
      retry = t;
    } else if (c === '_') {
      p++;
      t = next(text, t);
    } else if (p < pattern.length && c === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      retry = next(text, retry);
      t = retry;
      p = star + 1;
    } else return false;
  }
  while (pattern[p] === '%') p++;
  return p === pattern.length;
}

/** Spaces of three bytes beside those of one and two: Unicode's category Zs, which DuckDB trims. */
const WIDE_SPACES = new Set([
  '\xe1\x9a\x80',
  ...Array.from({ length: 11 }, (_, i) => `\xe2\x80${String.fromCharCode(0x80 + i)}`),
  '\xe2\x80\xaf',
  '\xe2\x81\x9f',
  '\xe3\x80\x80',
]);

function f_trimStart(text: string): string {
  let at = 0;
  for (;;) {
    if (text[at] === ' ') at += 1;
    else if (text.startsWith('\xc2\xa0', at)) at += 2;
    else if (WIDE_SPACES.has(text.substring(at, at + 3))) at += 3;
    else return text.substring(at);
  }
}

function f_trimEnd(text: string): string {
  let end = text.length;
  for (;;) {
    if (text[end - 1] === ' ') end -= 1;
    else if (end >= 2 && text.startsWith('\xc2\xa0', end - 2)) end -= 2;
    else if (end >= 3 && WIDE_SPACES.has(text.substring(end - 3, end))) end -= 3;
    else return text.substring(0, end);
  }
}

/** DuckDB's substring: from the 1-based `start`, a negative one from the end, 0 before the first; a negative length goes back. */
function f_substring(text: string, start: number, length: number): string {
  const from = start < 0 ? f_length(text) + start : start - 1;
  return length < 0 ? characters(text, from + length, from) : characters(text, from, from + length);
}

/** DuckDB's split_part. Delimiters are found from the start on, also where parts are counted from the end. */
function f_splitPart(text: string, delimiter: string, n: number): string {
  if (delimiter === '') {
    const at = n < 0 ? f_length(text) + n : n - 1;
    return characters(text, at, at + 1);
  }
  if (n < 0) return text.split(delimiter).at(n) ?? '';
  let start = 0;
  for (let part = 1; part < n; part++) {
    const at = text.indexOf(delimiter, start);
    if (at === -1) return '';
    start = at + delimiter.length;
  }
  if (n === 0) return '';
  const end = text.indexOf(delimiter, start);
  return end === -1 ? text.substring(start) : text.substring(start, end);
}

export const TEXT = {
  f_length,
  f_like,
  f_trimStart,
  f_trimEnd,
  f_trim: (text: string): string => f_trimEnd(f_trimStart(text)),
  f_substring,
  f_startsWith: (text: string, part: string): boolean => text.startsWith(part),
  f_endsWith: (text: string, part: string): boolean => text.endsWith(part),
  f_contains: (text: string, part: string): boolean => text.includes(part),
  f_append: (a: string, b: string): string => a + b,
  f_splitPart,
  f_replace: (text: string, from: string, to: string): string => (from === '' ? text : text.split(from).join(to)),
} as const;

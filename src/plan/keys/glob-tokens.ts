/**
 * Redis globs as KEYS and SCAN MATCH read them (stringmatchlen in util.c of Redis 7, and of Valkey), byte by byte: `*`, `?`,
 * `[abc]`, `[a-z]`, `[z-a]`, `[^a]`, and `\` before a byte that stands for itself.
 */

/** Consumes one byte, but for `star`, which takes any number of them. */
export type GlobToken =
  | { readonly kind: 'star' | 'any' }
  /** One char, a byte. */
  | { readonly kind: 'byte'; readonly char: string }
  /** Whether a byte is in the set, by its number. */
  | { readonly kind: 'set'; readonly has: readonly boolean[] };

const STAR: GlobToken = { kind: 'star' };
const ANY: GlobToken = { kind: 'any' };

/** The text in UTF-8, one char a byte, as keys are held in kernels. */
export const byteText = (text: string): string => Buffer.from(text).toString('latin1');

/** Stars that follow each other are one; a set of one byte is that byte. */
export function globTokens(pattern: string): readonly GlobToken[] {
  const bytes = byteText(pattern);
  const tokens: GlobToken[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const char = bytes.charAt(at);
    if (char === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else if (char === '?') tokens.push(ANY);
    else if (char === '[') {
      const { token, end } = setAt(bytes, at + 1);
      tokens.push(token);
      at = end;
    } else {
      // A `\` at the end stands for itself.
      if (char === '\\' && at + 1 < bytes.length) at++;
      tokens.push({ kind: 'byte', char: bytes.charAt(at) });
    }
  }
  return tokens;
}

/**
 * The set whose `[` stands before `from`; `end` is where its `]` stands, or the last byte of a pattern that lacks one. As the
 * server reads it: `]` closes a set even as its first member, and a range takes whatever byte follows the `-`, be it `]` or `\`.
 */
function setAt(bytes: string, from: number): { readonly token: GlobToken; readonly end: number } {
  const has = new Array<boolean>(256).fill(false);
  let at = from;
  const negated = bytes[at] === '^';
  if (negated) at++;
  for (; at < bytes.length && bytes[at] !== ']'; at++) {
    const left = bytes.length - at;
    if (bytes[at] === '\\' && left >= 2) has[bytes.charCodeAt(++at)] = true;
    else if (left >= 3 && bytes[at + 1] === '-') {
      addRange(has, bytes.charCodeAt(at), bytes.charCodeAt(at + 2));
      at += 2;
    } else has[bytes.charCodeAt(at)] = true;
  }
  const end = Math.min(at, bytes.length - 1);
  return { token: tokenOf(negated ? has.map((member) => !member) : has), end };
}

/** C's chars are signed on x86: there bytes from 128 on come before all others. */
const signed = (byte: number): number => (byte < 128 ? byte : byte - 256);

function addRange(has: boolean[], a: number, b: number): void {
  const [low, high] = signed(a) < signed(b) ? [signed(a), signed(b)] : [signed(b), signed(a)];
  for (let value = low; value <= high; value++) has[value & 255] = true;
}

function tokenOf(has: readonly boolean[]): GlobToken {
  const count = has.filter(Boolean).length;
  if (count === 256) return ANY;
  return count === 1 ? { kind: 'byte', char: String.fromCharCode(has.indexOf(true)) } : { kind: 'set', has };
}

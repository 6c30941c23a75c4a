/** What a glob asks of a key, as cheaply as it can be asked, and a matcher in JavaScript. */

import { type GlobToken, globTokens } from './glob-tokens.js';

export type Glob =
  /** Any key: the pattern `*`. */
  | { readonly kind: 'all' }
  /** This key alone, or those that begin so; one char a byte. */
  | { readonly kind: 'exact' | 'prefix'; readonly text: string }
  | { readonly kind: 'general'; readonly tokens: readonly GlobToken[] };

/** A glob by the cheapest test that decides it. The server lets `*` alone match the empty key; `**` does not. */
export function classifyGlob(pattern: string): Glob {
  if (pattern === '*') return { kind: 'all' };
  const tokens = globTokens(pattern);
  const text = constantStart(tokens);
  if (text.length === tokens.length) return { kind: 'exact', text };
  const isPrefix = text.length > 0 && text.length === tokens.length - 1 && tokens.at(-1)?.kind === 'star';
  return isPrefix ? { kind: 'prefix', text } : { kind: 'general', tokens };
}

/** What all keys that match begin with. */
function constantStart(tokens: readonly GlobToken[]): string {
  let text = '';
  for (const token of tokens) {
    if (token.kind !== 'byte') break;
    text += token.char;
  }
  return text;
}

/**
 * What the slot of every key that matches is computed of, one char a byte: the key where there is but one, or a hash tag that
 * stands before the first wildcard. Undefined where matching keys may lie in several slots.
 */
export function constantTag(pattern: string): string | undefined {
  const tokens = globTokens(pattern);
  const start = constantStart(tokens);
  const open = start.indexOf('{');
  const close = open === -1 ? -1 : start.indexOf('}', open + 1);
  if (close > open + 1) return start.slice(open + 1, close);
  return start.length === tokens.length ? start : undefined;
}

/** Tells of keys, one char a byte, whether they match: as the server would. */
export function globMatcher(pattern: string): (key: string) => boolean {
  const glob = classifyGlob(pattern);
  switch (glob.kind) {
    case 'all':
      return () => true;
    case 'exact':
      return (key) => key === glob.text;
    case 'prefix':
      return (key) => key.startsWith(glob.text);
    case 'general':
      return (key) => key !== '' && matches(glob.tokens, key);
  }
}

/** The last star met takes one byte more where the rest does not fit: an earlier one need never be asked again. */
function matches(tokens: readonly GlobToken[], key: string): boolean {
  let [t, k, star, retry] = [0, 0, -1, 0];
  while (k < key.length) {
    const token = tokens[t];
    if (token?.kind === 'star') {
      star = t++;
      retry = k;
    } else if (token !== undefined && takes(token, key, k)) {
      t++;
      k++;
    } else if (star >= 0) {
      k = ++retry;
      t = star + 1;
    } else return false;
  }
  while (tokens[t]?.kind === 'star') t++;
  return t === tokens.length;
}

function takes(token: GlobToken, key: string, at: number): boolean {
  if (token.kind === 'byte') return token.char === key[at];
  return token.kind !== 'set' || token.has[key.charCodeAt(at)] === true;
}

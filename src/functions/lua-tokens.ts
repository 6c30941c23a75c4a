/**
 * Just enough of a Lua lexer to find calls with literal arguments: so that `require('x')` inside a comment or a string
 * is not taken for one.
 */

export interface LuaToken {
  readonly kind: 'name' | 'string' | 'symbol';
  /** Of a string: what stands between its quotes. */
  readonly text: string;
  readonly line: number;
}

const TOKEN = new RegExp(
  [
    String.raw`--\[(?<commentLevel>=*)\[[^]*?\]\k<commentLevel>\]`,
    String.raw`--[^\n]*`,
    String.raw`\[(?<longLevel>=*)\[(?<long>[^]*?)\]\k<longLevel>\]`,
    String.raw`"(?<double>(?:\\[^]|[^"\\\n])*)"`,
    String.raw`'(?<single>(?:\\[^]|[^'\\\n])*)'`,
    String.raw`(?<name>[A-Za-z_]\w*)`,
    String.raw`\d[\w.]*`,
    String.raw`(?<symbol>\.{2,3}|[^\s\w])`,
  ].join('|'),
  'g',
);

export function luaTokens(text: string): LuaToken[] {
  const tokens: LuaToken[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(TOKEN)) {
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++;
    const { long, double, single, name, symbol } = match.groups ?? {};
    const string = long ?? double ?? single;
    if (string !== undefined) tokens.push({ kind: 'string', text: string, line });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, line });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, line });
  }
  return tokens;
}

export interface LuaCall {
  readonly line: number;
  /** Undefined where the call is not made of literals alone. */
  readonly args: readonly (string | readonly string[])[] | undefined;
}

/** Calls `callee(…)` (and `callee "…"`) of strings and of tables of strings. `a.callee` and `a:callee` are not meant. */
export function literalCalls(text: string, callee: string): LuaCall[] {
  const tokens = luaTokens(text);
  const calls: LuaCall[] = [];
  tokens.forEach((token, i) => {
    if (token.kind !== 'name' || token.text !== callee) return;
    const before = tokens[i - 1]?.text;
    if (before === '.' || before === ':' || before === 'function' || before === 'local') return;
    const next = tokens[i + 1];
    if (next?.kind === 'string') calls.push({ line: token.line, args: [next.text] });
    else if (next?.text === '(') calls.push({ line: token.line, args: readArguments(tokens, i + 2) });
    // Handed to somebody else, who calls it with what nobody can see from here.
    else if (next?.text !== '=') calls.push({ line: token.line, args: undefined });
  });
  return calls;
}

function readArguments(tokens: readonly LuaToken[], start: number): LuaCall['args'] {
  const args: (string | readonly string[])[] = [];
  for (let i = start; i < tokens.length; i++) {
    const token = tokens[i] as LuaToken;
    if (token.kind === 'string') args.push(token.text);
    else if (token.text === '{') {
      const list: string[] = [];
      for (i++; tokens[i]?.text !== '}' || tokens[i]?.kind === 'string'; i++) {
        const item = tokens[i];
        if (item?.kind === 'string') list.push(item.text);
        else if (item?.text !== ',') return undefined;
      }
      args.push(list);
    } else return undefined;
    const after = tokens[++i];
    if (after?.text === ')') return args;
    if (after?.text !== ',') return undefined;
  }
  return undefined;
}

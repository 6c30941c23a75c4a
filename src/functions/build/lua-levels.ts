/**
 * How deep a Lua text nests. Lua 5.1 compiles by recursion and gives up beyond 200 levels ("chunk has too many syntax levels");
 * this walks the text as its parser does, for syntax trees do not keep the parentheses, which count.
 */
import luaparse, { type Token } from 'luaparse';

export const MOST_LEVELS = 200;
/** A bundle has three around a module: the file, the assigned expression, and the function that it is. Its block adds the last. */
const AROUND = 2;

export const TOO_DEEP = {
  problem: `the code nests deeper than ${MOST_LEVELS} levels, or joins as many strings in one expression`,
  hint: 'compute parts of it before, into local variables',
};

/** How tightly operators bind to their left and right. */
const BINDING = new Map<string, readonly [left: number, right: number]>([
  ['or', [1, 1]],
  ['and', [2, 2]],
  ...['==', '~=', '<', '<=', '>', '>='].map((op) => [op, [3, 3]] as const),
  ['..', [5, 4]],
  ...['+', '-'].map((op) => [op, [6, 6]] as const),
  ...['*', '/', '%'].map((op) => [op, [7, 7]] as const),
  ['^', [10, 9]],
]);
const UNARY = 8;
const BLOCK_ENDS = new Set(['end', 'else', 'elseif', 'until']);

/** The text ends where it should go on: others say so. */
class CutOff extends Error {}

class TooDeep extends Error {
  constructor(readonly line: number) {
    super();
  }
}

/** @param text Of a module, one character a byte. @returns the line in which it gets too deep; undefined where it does not */
export function tooDeep(text: string): number | undefined {
  try {
    new Levels(tokensOf(text)).block();
    return undefined;
  } catch (error) {
    if (error instanceof TooDeep) return error.line;
    if (error instanceof CutOff) return undefined;
    throw error;
  }
}

/** The lexer's types of tokens, which its declarations lack. */
const EOF = 1;
const STRING = 2;
const NAME = 8;

interface Read {
  /** Of a string only that it is one: its text may look like a symbol. */
  readonly text: string;
  readonly kind: 'name' | 'string' | 'other';
  readonly line: number;
}

function tokensOf(text: string): Read[] {
  const lexer = luaparse.parse(text, { luaVersion: '5.1', wait: true });
  const tokens: Read[] = [];
  for (let token: Token = lexer.lex(); token.type !== EOF; token = lexer.lex()) {
    const kind = token.type === NAME ? 'name' : token.type === STRING ? 'string' : 'other';
    tokens.push({ kind, text: kind === 'string' ? '' : String(token.value), line: token.line });
  }
  return tokens;
}

class Levels {
  #at = 0;
  #level = AROUND;

  constructor(readonly tokens: readonly Read[]) {}

  block(): void {
    this.#deeper(() => {
      while (this.#at < this.tokens.length && !BLOCK_ENDS.has(this.#now)) this.#statement();
    });
  }

  #statement(): void {
    const start = this.#now;
    if (start === 'if' || start === 'while') {
      do {
        this.#at++;
        if (this.tokens[this.#at - 1]?.text !== 'else') {
          this.#expression();
          this.#at++;
        }
        this.block();
      } while (this.#now !== 'end');
      this.#at++;
    } else if (this.#takes('do')) this.#blockEnd();
    else if (this.#takes('for')) {
      while (this.#now !== '=' && this.#now !== 'in') this.#at++;
      this.#at++;
      this.#expressions();
      this.#at++;
      this.#blockEnd();
    } else if (this.#takes('repeat')) {
      this.block();
      this.#at++;
      this.#expression();
    } else if (this.#takes('function')) this.#body();
    else if (this.#takes('local')) {
      if (this.#takes('function')) this.#body();
      else {
        do this.#at++;
        while (this.#takes(','));
        if (this.#takes('=')) this.#expressions();
      }
    } else if (this.#takes('return')) {
      const isEmpty = this.#at >= this.tokens.length || this.#now === ';' || BLOCK_ENDS.has(this.#now);
      if (!isEmpty) this.#expressions();
    } else if (!this.#takes('break')) {
      do this.#primary();
      while (this.#takes(','));
      if (this.#takes('=')) this.#expressions();
    }
    this.#takes(';');
  }

  #blockEnd(): void {
    this.block();
    this.#at++;
  }

  /** From a function's name, if it has any, to its end. */
  #body(): void {
    while (this.#now !== ')') this.#at++;
    this.#at++;
    this.#blockEnd();
  }

  #expressions(): void {
    do this.#expression();
    while (this.#takes(','));
  }

  #expression(limit = 0): void {
    this.#deeper(() => {
      if (this.#takes('not') || this.#takes('-') || this.#takes('#')) this.#expression(UNARY);
      else this.#simple();
      for (;;) {
        const [left, right] = BINDING.get(this.#now) ?? [0, 0];
        if (left <= limit) return;
        this.#at++;
        this.#expression(right);
      }
    });
  }

  #simple(): void {
    if (this.#now === '{') this.#table();
    else if (this.#takes('function')) this.#body();
    else if (this.#now === '(' || this.#kind === 'name') this.#primary();
    else this.#at++;
  }

  #primary(): void {
    if (this.#takes('(')) {
      this.#expression();
      this.#at++;
    } else this.#at++;
    for (;;) {
      if (this.#takes('.') || this.#takes(':')) this.#at++;
      else if (this.#takes('[')) {
        this.#expression();
        this.#at++;
      } else if (this.#takes('(')) {
        if (this.#now !== ')') this.#expressions();
        this.#at++;
      } else if (this.#now === '{') this.#table();
      else if (this.#kind === 'string') this.#at++;
      else return;
    }
  }

  #table(): void {
    this.#at++;
    while (!this.#takes('}')) {
      if (this.#takes('[')) {
        this.#expression();
        this.#at += 2;
      } else if (this.#kind === 'name' && this.tokens[this.#at + 1]?.text === '=') this.#at += 2;
      this.#expression();
      if (!this.#takes(',')) this.#takes(';');
    }
  }

  #deeper(read: () => void): void {
    if (++this.#level > MOST_LEVELS) throw new TooDeep(this.tokens[this.#at]?.line ?? 1);
    read();
    this.#level--;
  }

  get #now(): string {
    if (this.#at > this.tokens.length) throw new CutOff();
    return this.tokens[this.#at]?.text ?? '';
  }

  get #kind(): Read['kind'] | undefined {
    return this.tokens[this.#at]?.kind;
  }

  #takes(text: string): boolean {
    if (this.#now !== text || this.#kind === 'string') return false;
    this.#at++;
    return true;
  }
}

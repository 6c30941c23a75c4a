/**
 * Types as annotations write them → schemas: `string`, `number[]`, `integer?`, `{ x: number, y: number }`,
 * `table<string, integer>` or `{ [string]: integer }`, and parentheses.
 */
import { closest } from '../../suggest.js';
import type { Schema } from '../define/schema.js';

const SIMPLE = ['string', 'bytes', 'number', 'integer', 'boolean', 'null'] as const;
/** What people write who come from Lua or TypeScript. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    nil: 'null',
    void: 'null',
    bool: 'boolean',
    float: 'number',
    double: 'number',
    int: 'integer',
    buffer: 'bytes',
    table: 'table<string, T>, T[] or { name: T }',
  }),
);

/** What is wrong with a type, in words. */
export class TypeProblem extends Error {}

/** Reads the type at the start of a text; what follows it, after a space, describes it. @throws TypeProblem */
export function readType(text: string): Schema {
  const reader = new Reader(text);
  const schema = reader.type();
  const rest = text.slice(reader.at);
  if (/^\s*[|&<>[\]{}?,:)]/.test(rest) || /^\S/.test(rest)) {
    throw new TypeProblem(
      rest.trim().startsWith('|') ? 'a type cannot be one of several' : `unexpected "${rest.trim()}" after the type`,
    );
  }
  return schema;
}

class Reader {
  at = 0;

  constructor(readonly text: string) {}

  type(): Schema {
    let schema = this.#single();
    for (;;) {
      if (this.#takes('[]', false)) schema = { kind: 'array', of: schema };
      else if (this.#takes('?', false)) schema = { kind: 'nullable', of: schema };
      else return schema;
    }
  }

  #single(): Schema {
    if (this.#takes('(')) {
      const schema = this.type();
      this.#expect(')');
      return schema;
    }
    if (this.#takes('{')) return this.#braces();
    const name = this.#name();
    if (name === 'table' && this.#takes('<')) return this.#map();
    const kind = SIMPLE.find((simple) => simple === name);
    if (kind) return { kind };
    if (name === '') throw new TypeProblem(this.#found('a type is missing'));
    const meant = OTHER_NAMES.get(name) ?? closest(name, SIMPLE);
    throw new TypeProblem(
      `unknown type "${name}"${meant ? `: did you mean ${meant}?` : ` (there are ${SIMPLE.join(', ')})`}`,
    );
  }

  /** `{ [string]: number }` is how the Lua language server writes a map. */
  #braces(): Schema {
    if (!this.#takes('[')) return this.#record();
    const name = this.#name();
    if (name !== 'string')
      throw new TypeProblem(`the names of a map are strings: { [string]: T }, not { [${name}]: … }`);
    this.#expect(']');
    this.#expect(':');
    const of = this.type();
    this.#expect('}');
    return { kind: 'map', of };
  }

  #record(): Schema {
    const fields = new Map<string, Schema>();
    do {
      const name = this.#name();
      if (name === '') throw new TypeProblem(this.#found('a name is missing'));
      if (fields.has(name)) throw new TypeProblem(`the field ${name} stands there twice`);
      this.#expect(':');
      fields.set(name, this.type());
    } while (this.#takes(','));
    this.#expect('}');
    return { kind: 'record', fields: Object.fromEntries(fields) };
  }

  #map(): Schema {
    const key = this.#name();
    if (key !== 'string')
      throw new TypeProblem(`the names of a table are strings: table<string, T>, not table<${key}, …>`);
    this.#expect(',');
    const of = this.type();
    this.#expect('>');
    return { kind: 'map', of };
  }

  #name(): string {
    this.#space();
    const [name = ''] = /^[A-Za-z_]\w*/.exec(this.text.slice(this.at)) ?? [];
    this.at += name.length;
    return name;
  }

  #expect(symbol: string): void {
    if (!this.#takes(symbol)) throw new TypeProblem(this.#found(`"${symbol}" is missing`));
  }

  /** `[]` and `?` stand right behind their type: after a space a description begins. */
  #takes(symbol: string, afterSpace = true): boolean {
    const start = this.at;
    if (afterSpace) this.#space();
    if (this.text.startsWith(symbol, this.at)) {
      this.at += symbol.length;
      return true;
    }
    this.at = start;
    return false;
  }

  #space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  #found(problem: string): string {
    const rest = this.text.slice(this.at).trim();
    return rest === '' ? `${problem} at the end` : `${problem} before "${rest}"`;
  }
}

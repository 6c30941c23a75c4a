/** SQL text as PostgreSQL's own parser reads it, compiled to WebAssembly (libpg-query); loaded when it is first needed. */

import type { Node, SelectStmt } from 'libpg-query';
import { ShardfoldError, showValue } from '../errors.js';
import { closest } from '../suggest.js';
import { SqlText } from './text.js';

type Parser = Pick<typeof import('libpg-query'), 'loadModule' | 'parseSync' | 'hasSqlDetails'>;

/** Longer ones are no queries, and would take seconds. */
const LONGEST = 1_000_000;

export interface Parsed {
  readonly sql: SqlText;
  readonly select: SelectStmt;
}

/** @throws SQL_SYNTAX with line and column; SQL_UNSUPPORTED for what is no single query */
export async function parse(text: string): Promise<Parsed> {
  const { sql, node } = await parseStatement(text);
  if (!('SelectStmt' in node)) {
    const [kind = ''] = Object.keys(node);
    if ('ExplainStmt' in node && node.ExplainStmt.options) {
      const hint =
        'EXPLAIN SELECT … shows the plan; what a query cost stands below its result, or in the receipt of --json';
      throw sql.unsupported(`EXPLAIN with ${optionNames(node.ExplainStmt.options)}`, hint, leading(sql.text));
    }
    throw sql.unsupported(statementName(kind), INSTEAD[kind] ?? 'only SELECT is', leading(sql.text));
  }
  return { sql, select: node.SelectStmt };
}

/** A statement of any kind. @throws SQL_SYNTAX; SQL_UNSUPPORTED where there are several */
export async function parseStatement(text: string): Promise<{ readonly sql: SqlText; readonly node: Node }> {
  const sql = checked(text);
  const statements = run(await parser(), sql);
  const [first, second] = statements;
  if (first?.stmt === undefined) throw syntax('there is no statement in the text', 'e.g. SELECT count(*) FROM flights');
  if (second !== undefined) {
    // The second one begins behind the semicolon; blanks before it are not it.
    const at = second.stmt_location ?? 0;
    const blanks = /^\s*/.exec(Buffer.from(sql.text).subarray(at).toString())?.[0] ?? '';
    throw sql.unsupported('more than one statement', 'run them one by one', at + Buffer.byteLength(blanks));
  }
  return { sql, node: first.stmt };
}

const LISTING = '"shardfold tables", or \\d at the prompt, lists tables; \\d NAME shows the columns of one';

const INSTEAD: Readonly<Record<string, string>> = {
  InsertStmt: 'only SELECT is; to add rows use append() or "shardfold import --append"',
  CreateStmt: 'only SELECT is; to make a table use createTable() or "shardfold import"',
  CreateTableAsStmt: "only SELECT is; to store a result use sf.sql('…').into('table')",
  DropStmt: 'only SELECT is; to drop a table use drop() or "shardfold drop"',
  VariableShowStmt: LISTING,
  ExplainStmt: 'use .explain(), or "shardfold explain"',
};

const optionNames = (options: readonly Node[]): string =>
  options.map((each) => ('DefElem' in each ? (each.DefElem.defname ?? '').toUpperCase() : '')).join(', ');

/** `CreateTableAsStmt` → `CREATE TABLE AS` */
const statementName = (kind: string): string =>
  kind
    .replace(/^Variable|Stmt$/g, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();

/** Bytes of blanks and comments before the statement. */
function leading(text: string): number {
  return Buffer.byteLength(/^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? '');
}

function checked(text: string): SqlText {
  if (typeof text !== 'string') {
    throw new ShardfoldError('INVALID_ARGUMENT', `the SQL text is ${showValue(text)}`, {
      hint: "a string, e.g. sf.sql('SELECT count(*) FROM flights')",
    });
  }
  if (text.length > LONGEST) {
    throw new ShardfoldError(
      'INVALID_ARGUMENT',
      `the SQL text has ${text.length} characters, at most ${LONGEST} are taken`,
      {
        hint: 'hand in values as parameters: $1, $2, …; a list of them as = ANY($1)',
      },
    );
  }
  const sql = new SqlText(text);
  // The parser would stop at the first, and read halves of pairs as another character.
  const strange = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  if (strange) {
    const message = strange[0] === '\0' ? 'a NUL character' : 'half a surrogate pair';
    throw sql.errorAt('SQL_SYNTAX', message, { before: text.slice(0, strange.index) });
  }
  return sql;
}

const syntax = (message: string, hint: string): ShardfoldError => new ShardfoldError('SQL_SYNTAX', message, { hint });

type Statement = { readonly stmt?: Node; readonly stmt_location?: number };

function run({ parseSync, hasSqlDetails }: Parser, sql: SqlText): readonly Statement[] {
  if (sql.text.trim() === '') return [];
  try {
    const { stmts = [] }: { stmts?: readonly Statement[] } = parseSync(sql.plain);
    return stmts;
  } catch (error) {
    if (hasSqlDetails(error)) {
      const { message, cursorPosition } = error.sqlDetails;
      const before = [...sql.text].slice(0, Math.max(0, cursorPosition)).join('');
      if (message.startsWith('memory exhausted')) throw tooDeep(sql, before, error);
      const hint = foreign(sql.text, message) ?? hintFor(before, sql.text.slice(before.length));
      throw sql.errorAt('SQL_SYNTAX', message, { before, cause: error, ...(hint !== undefined && { hint }) });
    }
    // The tree of a text that nests thousands of levels deep overflows the parser's stack.
    if (error instanceof Error && ['RangeError', 'RuntimeError'].includes(error.name)) throw tooDeep(sql, '', error);
    throw error;
  }
}

function tooDeep(sql: SqlText, before: string, cause: unknown): ShardfoldError {
  const hint = 'write lists as IN (…) or = ANY($1), and long sums in parts';
  return sql.errorAt('SQL_UNSUPPORTED', 'an expression nested so deeply is not supported', { before, hint, cause });
}

const KEYWORDS = [
  'select',
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'join',
  'between',
  'like',
  'distinct',
];

/** Statements and clauses of other dialects and programs, told by how the text begins or by what the parser says. */
function foreign(text: string, message: string): string | undefined {
  const [, word = '', name] = /^\s*(\\\w*|desc|describe|show)\b\s*(?:table\s+)?([\w."]*)/i.exec(text) ?? [];
  if (word.startsWith('\\')) return 'commands such as \\d stand alone, without SQL';
  if (word !== '') return name && !/^show$/i.test(word) ? describing(name) : LISTING;
  if (!message.startsWith('LIMIT #,#')) return undefined;
  const [, offset = '5', count = '10'] = /\blimit\s+([\w$]+)\s*,\s*([\w$]+)/i.exec(text) ?? [];
  return `write LIMIT ${count} OFFSET ${offset}`;
}

const describing = (name: string): string =>
  `shardfold sql "\\d ${name}", or \\d ${name} at the prompt, shows its columns`;

/** What people write who come from other dialects. */
function hintFor(before: string, rest: string): string | undefined {
  // A slip in a keyword makes a name of it, and the parser stumbles over it or over what follows.
  for (const word of [/\w+\s*$/.exec(before)?.[0].trim(), /^\w+/.exec(rest)?.[0]]) {
    const near = word === undefined || KEYWORDS.includes(word.toLowerCase()) ? undefined : closest(word, KEYWORDS);
    if (near !== undefined) return `did you mean ${near.toUpperCase()}?`;
  }
  if (rest.startsWith('\\')) return 'commands such as \\d and \\x stand on a line of their own, at the prompt';
  if (rest.startsWith('`')) return 'names are quoted by double quotes: "name"';
  if (rest.startsWith('?')) return 'parameters are written $1, $2, …';
  if (rest.startsWith('[')) return 'names are quoted by double quotes: "name"';
  if (/^(qualify|top|exclude|asof|pivot|using sample)\b/i.test(rest)) return 'this is not PostgreSQL’s dialect';
  if (/^(from|where|group|having|order|limit|\))/i.test(rest))
    return 'is there a comma too many, or something left out before it?';
  return undefined;
}

let loaded: Promise<Parser> | undefined;

function parser(): Promise<Parser> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Parser> {
  const module = await import('libpg-query');
  await module.loadModule();
  return module;
}

/** Statements in what is typed: where one ends, and whether one is open. */

export interface Split {
  /** Whole statements, without their semicolons. */
  readonly statements: readonly string[];
  /** What follows the last of them; blank where nothing does. */
  readonly rest: string;
  /** The quote that is open at the end. */
  readonly open: "'" | '"' | '$' | '*' | undefined;
}

const STARTS = /'|"|--|\/\*|\$[A-Za-z_]*\$|;/g;

/** Semicolons in quotes and comments end nothing. */
export function splitStatements(text: string): Split {
  const statements: string[] = [];
  let from = 0;
  STARTS.lastIndex = 0;
  for (let found = STARTS.exec(text); found; found = STARTS.exec(text)) {
    const [sign] = found;
    if (sign === ';') {
      const statement = text.slice(from, found.index);
      if (!isBlank(statement)) statements.push(statement.trim());
      from = STARTS.lastIndex;
      continue;
    }
    const end = endOf(sign, text, STARTS.lastIndex);
    if (end === -1) return { statements, rest: text.slice(from), open: openSign(sign) };
    STARTS.lastIndex = end;
  }
  const rest = text.slice(from);
  return { statements, rest: isBlank(rest) ? '' : rest, open: undefined };
}

/** The place behind what began with `sign`; -1 where it has no end. */
function endOf(sign: string, text: string, from: number): number {
  if (sign === '--') {
    const end = text.indexOf('\n', from);
    return end === -1 ? text.length : end + 1;
  }
  if (sign === '/*') return endOfComment(text, from);
  // A doubled quote ends one text and begins the next, which comes to the same.
  const end = text.indexOf(sign, from);
  return end === -1 ? -1 : end + sign.length;
}

/** Comments may hold comments. */
function endOfComment(text: string, from: number): number {
  const signs = /\/\*|\*\//g;
  signs.lastIndex = from;
  let depth = 1;
  for (let found = signs.exec(text); found; found = signs.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return signs.lastIndex;
  }
  return -1;
}

function openSign(sign: string): Split['open'] {
  if (sign === "'" || sign === '"') return sign;
  return sign === '/*' ? '*' : '$';
}

const isBlank = (text: string): boolean => /^(\s|--[^\n]*(\n|$)|\/\*([^*]|\*(?!\/))*\*\/)*$/.test(text);

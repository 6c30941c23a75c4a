/**
 * TRY_CAST(x AS type), as DuckDB has it: PostgreSQL's parser knows only CAST. It is handed a text of the same length in which
 * the word says so, and every TypeCast that begins at one of these places gives null for what does not fit.
 *
 * And FROM json(…): to PostgreSQL JSON( is syntax of its own, with one value. Called otherwise it is a function like others.
 */

// Quotes and comments come first, so that nothing in them is taken for the word.
const WORD =
  /'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]*)\$[\s\S]*?\$\1\$|\btry_(?=cast\s*\()|(?<=\b(?:from|join)\s+)json(?=\s*\()/gi;

/** What `json` is called in FROM, as long as that. */
export const PLAIN_JSON = 'jsn_';

export interface PlainCasts {
  readonly text: string;
  /** Where the word CAST stands in for TRY_CAST: counts of UTF-8 bytes. */
  readonly lenient: ReadonlySet<number>;
}

export function plainCasts(text: string): PlainCasts {
  const lenient = new Set<number>();
  const plain = text.replace(WORD, (found, ...rest: unknown[]) => {
    if (found.toLowerCase() === 'json') return PLAIN_JSON;
    if (found.toLowerCase() !== 'try_') return found;
    const at = rest.find((each) => typeof each === 'number') as number;
    lenient.add(Buffer.byteLength(text.slice(0, at)) + found.length);
    return ' '.repeat(found.length);
  });
  return { text: plain, lenient };
}

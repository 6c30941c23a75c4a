/** What Tab completes at the prompt: words of SQL, tables and their columns. */
import type { ClusterLink } from '../cluster/types.js';
import { quoted } from '../sql/scope.js';
import { openTable, readCatalog } from '../storage/catalog.js';

const WORDS =
  'SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET DISTINCT JOIN LEFT USING UNION ALL WITH AND OR NOT NULL BETWEEN LIKE EXISTS CASE WHEN THEN ELSE END CAST TRY_CAST EXTRACT INTERVAL DATE TIMESTAMP FILTER ASC DESC NULLS FIRST LAST EXPLAIN count sum avg min max median date_trunc coalesce round'.split(
    ' ',
  );

/** Columns by table. */
export type Names = ReadonlyMap<string, readonly string[]>;

type Done = (error: Error | null, result: [string[], string]) => void;

/**
 * Names are asked for when Tab is pressed for the first time, and again when nothing fits.
 * @param typed the lines of the statement before this one
 */
export function completerOf(link: ClusterLink, typed: () => string): (line: string, done: Done) => void {
  let names: Promise<Names> | undefined;
  return (line, done) => {
    names ??= namesOf(link);
    const complete = (known: Names): void => {
      const [found, word] = completions(line, typed(), known);
      if (found.length === 0) names = undefined;
      done(null, [found, word]);
    };
    names.then(complete, () => {
      // Completion is a help: where the servers cannot be asked, words alone are completed, and the statement will say why.
      names = undefined;
      done(null, completions(line, '', new Map()));
    });
  };
}

/** What the end of a line may become, and the part of it that stands for that. */
export function completions(line: string, before: string, names: Names): [string[], string] {
  const tables = [...names.keys()];
  const described = /^\s*\\dt?\s+(\S*)$/.exec(line);
  if (described) {
    const [, word = ''] = described;
    return [starting(word, tables.map(quoted)), word];
  }
  const word = /[\w".]*$/.exec(line)?.[0] ?? '';
  const dot = word.lastIndexOf('.');
  if (dot >= 0) {
    const qualifier = word.slice(0, dot + 1);
    const table = tableOf(unquoted(word.slice(0, dot)), `${before} ${line}`, tables);
    const columns = table === undefined ? [] : (names.get(table) ?? []);
    return [
      starting(
        word,
        columns.map((column) => qualifier + quoted(column)),
      ),
      word,
    ];
  }
  if (word === '') return [[], word];
  return [starting(word, [...WORDS, ...[...tables, ...[...names.values()].flat()].map(quoted)]), word];
}

const NAME = '"[^"]+"|[\\w$]+';
const IN_FROM = new RegExp(`\\b(?:from|join)\\s+(${NAME})(?:\\s+as\\b)?(?:\\s+(${NAME}))?`, 'gi');

/** The table that an alias, or its own name, stands for. */
function tableOf(qualifier: string, text: string, tables: readonly string[]): string | undefined {
  const named = (name: string) =>
    tables.find((table) => table === name) ?? tables.find((table) => table.toLowerCase() === name.toLowerCase());
  for (const [, table = '', alias = ''] of text.matchAll(IN_FROM)) {
    if (unquoted(alias).toLowerCase() === qualifier.toLowerCase()) return named(unquoted(table));
  }
  return named(qualifier);
}

const unquoted = (name: string): string => name.replace(/^"|"$/g, '');

function starting(word: string, names: readonly string[]): string[] {
  const small = word.toLowerCase();
  return [...new Set(names.filter((name) => name.toLowerCase().startsWith(small)))].map((name) => `${name} `);
}

async function namesOf(link: ClusterLink): Promise<Names> {
  const context = link.context();
  const tables = [...(await readCatalog(link, context)).keys()];
  // The columns of very many tables would take a while.
  const described = await Promise.allSettled(tables.slice(0, 50).map((name) => openTable(link, name, context)));
  return new Map(
    tables.map((name, i) => {
      const each = described[i];
      return [name, each?.status === 'fulfilled' ? each.value.schema.map((column) => column.name) : []];
    }),
  );
}

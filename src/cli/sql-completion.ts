/** What Tab completes at the prompt: words of SQL, tables and their columns. */
import type { ClusterLink } from '../cluster/types.js';
import { quoted } from '../sql/scope.js';
import { openTable, readCatalog } from '../storage/catalog.js';

const WORDS =
  'SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET DISTINCT JOIN LEFT USING UNION ALL WITH AND OR NOT NULL BETWEEN LIKE EXISTS CASE WHEN THEN ELSE END CAST EXTRACT INTERVAL DATE TIMESTAMP FILTER ASC DESC NULLS FIRST LAST EXPLAIN count sum avg min max median date_trunc coalesce round'.split(
    ' ',
  );

type Done = (error: Error | null, result: [string[], string]) => void;

/** Names are asked for when Tab is pressed for the first time, and again when nothing fits. */
export function completerOf(link: ClusterLink): (line: string, done: Done) => void {
  let names: Promise<string[]> | undefined;
  return (line, done) => {
    const word = /[\w".]*$/.exec(line)?.[0] ?? '';
    names ??= namesOf(link);
    names.then(
      (known) => done(null, [fitting(word, [...WORDS, ...known]), word]),
      () => {
        // Completion is a help: where the servers cannot be asked, words alone are completed, and the statement will say why.
        names = undefined;
        done(null, [fitting(word, WORDS), word]);
      },
    );
  };
}

function fitting(word: string, names: readonly string[]): string[] {
  if (word === '') return [];
  const small = word.toLowerCase();
  return [...new Set(names.filter((name) => name.toLowerCase().startsWith(small)))].map((name) => `${name} `);
}

async function namesOf(link: ClusterLink): Promise<string[]> {
  const context = link.context();
  const tables = [...(await readCatalog(link, context)).keys()];
  // The columns of very many tables would take a while.
  const described = await Promise.allSettled(tables.slice(0, 50).map((name) => openTable(link, name, context)));
  const columns = described.flatMap((each) =>
    each.status === 'fulfilled' ? each.value.schema.map(({ name }) => name) : [],
  );
  return [...tables, ...columns].map(quoted);
}

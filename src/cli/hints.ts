/**
 * Hints as the command line can follow them. The rooms below word theirs for programs, or for both; what is a call or an
 * option there is a flag here, a form of SQL, or left out where no command does it. Errors come by here once, when printed.
 */

import { shellQuoted } from '../shell-words.js';
import { sqlHint } from '../sql/hints.js';
import { quoted } from '../sql/scope.js';

type Phrase = readonly [RegExp, string | ((all: string, name: string) => string)];

/** Models take columns of a table as they are stored: what is computed comes to lie in a table first. */
const stored = (select: string): string =>
  `shardfold export rows.parquet --sql ${shellQuoted(`SELECT ${select}`)}, then shardfold import rows.parquet --table NAME`;

/** A column that is computed of the one that the hint names, and goes by its name. */
const storing =
  (what: string, made: (column: string) => string) =>
  (_: string, name: string): string =>
    `store ${what}: ${stored(`${made(quoted(name))} AS ${quoted(name)}, …`)}`;

/** A condition on the column that the hint names. */
const where =
  (before: string, conditionOf: (column: string) => string) =>
  (_: string, name: string): string =>
    `${before}--where ${shellQuoted(conditionOf(quoted(name)))}`;

const MODELS: readonly Phrase[] = [
  [
    /make a number of it before: \.withColumns\(\{ .*: col\('(.*)'\)\.cast\('float64'\) \}\)$/,
    storing('a number', (column) => `CAST(${column} AS double precision)`),
  ],
  [
    /make a number of it before: \.withColumns\(\{ .*: col\('(.*)'\)\.year\(\) \}\)$/,
    storing('a number', (column) => `EXTRACT(year FROM ${column})`),
  ],
  [
    /^make it one before: \.withColumns\(\{ .*: col\('(.*)'\)\.eq\('yes'\) \}\)$/,
    storing('one', (column) => `${column} = 'yes'`),
  ],
  [
    /^make it one before: \.withColumns\(\{ .*: col\('(.*)'\)\.gtEq\(new Date.*$/,
    storing('one', (column) => `${column} >= '2024-01-01'`),
  ],
  [
    /^make a condition of it before: \.withColumns\(\{ .*: col\('(.*)'\)\.gt\(0\) \}\)$/,
    storing('a condition', (column) => `${column} > 0`),
  ],
  [
    /^group them into fewer before: \.withColumns\(\{ .*: when\(col\('(.*)'\)\.isIn.*$/,
    (_, name) =>
      `group them into fewer: ${stored(`CASE WHEN ${quoted(name)} IN (…) THEN … ELSE … END AS ${quoted(name)}, …`)}`,
  ],
  [/e\.g\. \.filter\(col\('(.*)'\)\.abs\(\)\.lt\(1e150\)\)/, where('e.g. ', (column) => `abs(${column}) < 1e150`)],
  [
    /^filter such rows out first: \.filter\(col\('(.*)'\).*$/,
    where('leave such rows out: ', (column) => `abs(${column}) < 1e150`),
  ],
  [/^\.filter\(col\('(.*)'\)\.gtEq\(0\)\)/, where('', (column) => `${column} >= 0`)],
  [/raise maxIterations or tolerance; .*$/, 'raise --max-iterations or --tolerance'],
  [/nulls: 'drop' leaves them out; .*$/, '--nulls drop leaves them out'],
  [/\bof x, or scale: false/, 'of --x, or leave out --scale'],
  [/\bout of x\b/, 'out of --x'],
  [/a penalty: l2(?=$|;)/, 'a penalty: --l2 1'],
  [/method 'qr' tells/, '--method qr tells'],
  [/ l2: 1(?=$|;)/, ' --l2 1'],
  [/raise maxIterations/, 'raise --max-iterations'],
  [/^make a table of them before: sf\.hashes.*$/, "shardfold import --from-keys 'order:*' makes a table of them"],
  [/^write the rows to a table of their own before: \.into.*$/, `take a copy: ${stored('…')}`],
];

const KEYS: readonly Phrase[] = [
  [/^give it an updateId \(--update-id\), (.*): update\(.*$/, 'give it an --update-id, $1: --update-id prices-2024-05'],
  [/leave out updateId/, 'leave out --update-id'],
  [/with an updateId of its own/, 'with an --update-id of its own'],
  [/declare a field .*\{ other: \{ field: '(.*)', type: 'utf8' \} \}/, `--columns 'other utf8 field "$1"' declares it`],
  [/, assignments \(all of their values\), updateId and seconds/, ', assignments, --update-id and seconds'],
  [/, or take what can be read by \{ partial: true \}/, ''],
  // What goes on stands in a line of its own.
  [/(; |^)--resume, or the option resume, .*$/, ''],
];

const TABLES: readonly Phrase[] = [
  [/, or call createTable without mode: 'append'/, ''],
  [/^mode: 'append', or leave it out$/, '--append-id ID --append, or leave it out'],
  [/append with an appendId/, 'append with an --append-id'],
  [/truncate: true, or --truncate,/, '--truncate'],
  [/\(files: --truncate, truncate: true\)/, '(--truncate)'],
  [/(types|rename): \{ .*? \}, or (?=--)/, ''],
  [/ as strings, all of the column/, ' as text'],
  [/shardfold tables, or tables\(\) in a program, /, 'shardfold tables '],
  [/ use (append|createTable|drop)\(\) or "/, ' use "'],
];

const SQL: readonly Phrase[] = [
  [/use \.explain\(\), or "shardfold explain"/, 'use "shardfold explain"'],
  [/to store a result use sf\.sql.*$/, `to store a result use ${stored('…')}`],
  [/^sf\.sql\('…'\)\.into\('table'\) stores a result$/, stored('…')],
  [/^values follow the text: .*; --param 10 on the command line$/, 'values follow the text: --param 10'],
  [/^it has no bound; in a program: .*$/, 'it has no bound: SELECT the values themselves, a row each'],
  [/; in a program: .*$/, ''],
  [/, or collect\(\{ side: 'client' \}\).*$/, ''],
  [/; or store that result by into\(…\), and query the table/, `; or store that result: ${stored('…')}`],
  [/write the columns that it reads to a table before, by .*$/, `store the columns that it reads: ${stored('…')}`],
  [/: \.as\('other'\)$/, ': AS other'],
];

/** Both ways in one breath: the flag is what is meant here. */
const BOTH: readonly Phrase[] = [
  [/\((--[\w-]+), or (?:the option \w+|\w+: '\w+')\)/g, '($1)'],
  [/; a longer timeout \(--timeout\)/, '; a longer --timeout'],
];

export const PHRASES = [...MODELS, ...KEYS, ...TABLES, ...SQL, ...BOTH];

/** The hint for somebody at a shell; undefined where nothing of it is left. */
export function cliHint(hint: string | undefined): string | undefined {
  const own = hint && PHRASES.reduce((text, [from, to]) => text.replace(from, to as string), hint);
  return sqlHint(own) || undefined;
}

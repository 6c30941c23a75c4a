import { type Command, InvalidArgumentError, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import { openToAppend } from '../storage/catalog.js';
import { parseType } from '../storage/schema.js';
import { type FileFormat, fileSource, type Source } from '../storage/sources/index.js';
import { CHUNK_ROWS, type ColumnType, type TableSnapshot } from '../storage/types.js';
import { writeTable } from '../storage/write.js';
import { checkFromKeys, type FromKeysFlags, importKeys, KEY_KINDS } from './import-keys.js';
import { printSummary } from './import-summary.js';
import { interruptible } from './interrupted.js';
import { schemaOption } from './keys/schema-option.js';
import { type Session, withLink } from './link.js';
import { connectionOptions, wholeNumber } from './options.js';
import { progressBar } from './progress.js';
import { formatBytes } from './units.js';

interface ImportFlags extends Partial<FromKeysFlags> {
  table: string;
  append?: boolean;
  replace?: boolean;
  type?: Record<string, ColumnType>;
  rename?: Record<string, string>;
  truncate?: boolean;
  emptyText?: boolean;
  chunkRows?: number;
  alignWith?: string;
  appendId?: string;
  format?: FileFormat;
}

type ImportSession = Parameters<Parameters<typeof withLink<ImportFlags>>[1]>[0];

const EXAMPLES = `
Examples:
  $ shardfold import trips.parquet --table trips
  $ shardfold import users.csv --table users --type id=utf8 --type balance='decimal(2)' --rename e-mail=email
  $ shardfold import today.ndjson --table events --append --append-id 2026-11-22
  $ shardfold import prices.parquet --table prices --replace --align-with volumes
  $ shardfold import --from-keys 'order:*' --columns 'price float64, region utf8' --table orders --replace
  $ shardfold import --from-keys 'event:*' --kind json --where "kind = 'click'" --table clicks

Types: float64, float32, int32, int64 (within ±2^53), bool, utf8, timestamp (UTC, milliseconds), date, decimal(scale).
They are inferred; --type replaces one, exactly or with an error that names the row (counted from 0) and the column.
An append reads the file as the types of the table. Other programs see all of the import, or nothing of it.

CSV: the first line names the columns; the delimiter is , ; tab or |; an empty field is null; text is UTF-8; .gz is read.
JSON: one array of objects, or (NDJSON) one object a line; it is read twice, first for its columns.
Arrow files are read a record batch at a time. Everything else needs a few batches of 65,024 rows in memory.`;

const INTERRUPTED = {
  what: 'nothing was imported',
  hint: 'where that came in the very last moment, "shardfold tables" tells whether the import was whole',
};

export function register(program: Command): void {
  const command = program
    .command('import')
    .summary('load a file, or keys, into a table')
    .description(
      'Loads a CSV, TSV, JSON, NDJSON, Parquet or Arrow file, or keys that lie in Redis, into a table, in a stream.',
    )
    .argument('[file]', 'the file; its extension tells the format')
    .requiredOption('--table <name>', 'the table to make')
    .addOption(new Option('--append', 'add the rows to a table that exists').conflicts('replace'))
    .option('--replace', 'replace the table by the file, in one step')
    .option('--type <column=type>', 'the type of a column; may be repeated', columnType)
    .option('--rename <old=new>', 'another name for a column; may be repeated', renaming)
    .option('--truncate', 'cut timestamps to milliseconds instead of refusing finer ones')
    .option('--empty-text', 'in CSV, a quoted empty field is an empty text, not null (as "shardfold export" writes it)')
    .option('--chunk-rows <n>', `the most rows of a chunk (default: ${CHUNK_ROWS})`, wholeNumber(1, CHUNK_ROWS))
    .option('--align-with <table>', 'lay the chunks beside those of another table, shard by shard')
    .addOption(new Option('--append-id <id>', 'an append with an id that counts already changes nothing'))
    .addOption(
      new Option('--format <format>', 'the format, where the extension does not tell').choices([
        'csv',
        'tsv',
        'json',
        'ndjson',
        'parquet',
        'arrow',
      ]),
    )
    .option('--from-keys <pattern>', "import the keys that match this glob, instead of a file: 'order:*'")
    .addOption(new Option('--kind <kind>', 'what those keys are (default: "hashes")').choices(KEY_KINDS))
    .option(
      '--columns <columns>',
      "what they hold: 'price float64, qty int32'; without this, what a sample of them tells",
    )
    .option('--where <condition>', "only rows for which this SQL condition is true: 'price > 3 AND ttl IS NULL'");
  schemaOption(command).addHelpText('after', EXAMPLES);
  connectionOptions(command).action((file: string | undefined) => {
    checkFromKeys(file, command.opts<ImportFlags>());
    return withLink<ImportFlags>(command, async (session) => {
      const { append, appendId } = session.flags;
      if (appendId !== undefined && !append) command.error("error: option '--append-id' goes with --append");
      await interruptible(session.signal, INTERRUPTED, () => {
        if (file !== undefined) return importFile(file, session);
        const { table } = session.flags;
        return importKeys(session as Session<FromKeysFlags>, table, writeOptions(session.flags));
      });
    });
  });
}

async function importFile(file: string, session: ImportSession): Promise<void> {
  const { link, context, flags, json } = session;
  const from = performance.now();
  const before = flags.append ? await openToAppend(link, flags.table, context) : undefined;
  const written = { rows: 0, bytes: 0 };
  const bar = progressBar({ label: `importing ${flags.table}`, unit: 'rows' });
  let after: TableSnapshot;
  try {
    const source = await openSource(file, session, before);
    bar.update(0, source.rows);
    // Looking through a large file may have taken longer than the time limit of a call.
    context.progress();
    const options = { ...writeOptions(flags), fields: source.fields, onProgress: noteProgress };
    after = await writeTable(link, flags.table, source.batches, options, context);
  } finally {
    bar.stop();
  }
  const seconds = (performance.now() - from) / 1000;
  printSummary({ table: after, written, seconds, isDuplicate: before?.version === after.version }, json);

  function noteProgress(progress: { rows: number; bytes: number }): void {
    Object.assign(written, progress);
    bar.update(progress.rows, undefined, `${formatBytes(progress.bytes)} stored`);
  }
}

/** An append reads the file as the types of the table, where the user does not ask for others. */
function openSource(file: string, { flags, signal }: ImportSession, table?: TableSnapshot): Promise<Source> {
  const types = Object.fromEntries(table?.schema.map(({ name, type }) => [name, type]) ?? []);
  return fileSource(file, {
    types: { ...types, ...flags.type },
    ...(flags.rename && { rename: flags.rename }),
    truncate: flags.truncate === true,
    emptyText: flags.emptyText === true,
    signal,
    ...(flags.format && { format: flags.format }),
  });
}

function writeOptions({ append, replace, chunkRows, alignWith, appendId }: ImportFlags) {
  return {
    mode: append ? ('append' as const) : replace ? ('replace' as const) : ('create' as const),
    ...(chunkRows !== undefined && { chunkRows }),
    ...(alignWith !== undefined && { alignWith }),
    ...(appendId !== undefined && { appendId }),
  };
}

/** A type holds no `=`, so that a column's name may. */
function columnType(text: string, before: Record<string, ColumnType> = {}): Record<string, ColumnType> {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('It is written column=type, such as id=utf8.');
  try {
    return { ...before, [text.slice(0, at)]: parseType(text.slice(at + 1)) };
  } catch (error) {
    if (error instanceof ShardfoldError) throw new InvalidArgumentError(`${error.message}; ${error.hint}.`);
    throw error;
  }
}

function renaming(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('It is written old=new.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

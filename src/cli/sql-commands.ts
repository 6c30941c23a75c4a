/** The backslash commands of the prompt. */
import type { ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { listTables, openTable } from '../storage/catalog.js';
import { matrixShape } from '../storage/matrix-layout.js';
import { asRows } from '../storage/matrix-rows.js';
import { matrixText } from './matrix-text.js';
import { print, say } from './output.js';
import type { Expanded } from './sql-table.js';
import { formatTable } from './table.js';
import { formatBytes, formatCount, formatCounted } from './units.js';

/** What commands change. */
export interface PromptState {
  footer: boolean;
  expanded: Expanded;
  /** The most rows that a table shows; undefined for all. */
  maxRows: number | undefined;
}

const HELP = [
  ['SELECT …;', 'run a statement; it may have several lines, and ends with ;'],
  ['EXPLAIN SELECT …;', 'show what it would do'],
  ['\\d', 'list tables'],
  ['\\d NAME', 'columns of a table'],
  ['\\x [auto|on|off]', 'a line a value: where a table is too wide, always, never; the next of them without a word'],
  ['\\timing [on|off]', 'rows, chunks, bytes and time after each result'],
  ['\\rows N', 'show so many rows of a table; all for all'],
  ['\\q', 'leave; so do exit, quit and Ctrl-D'],
  ['Ctrl-C', 'stop what runs, or forget what is typed'],
] as const;

/** @returns whether to leave. @throws INVALID_ARGUMENT for a command that is none, TABLE_NOT_FOUND */
export async function runCommand(
  line: string,
  link: ClusterLink,
  state: PromptState,
  signal: AbortSignal,
): Promise<boolean> {
  const [, name = '', argument = ''] = /^\\(\S*)\s*(.*?)\s*;?\s*$/.exec(line) ?? [];
  switch (name) {
    case 'q':
    case 'quit':
      return true;
    case '?':
    case 'h':
    case 'help':
      say(formatHelp());
      return false;
    case 'd':
    case 'dt':
      await (argument === '' ? tables(link, signal) : describe(argument, link, signal));
      return false;
    case 'x':
      state.expanded =
        argument === ''
          ? ({ auto: 'on', on: 'off', off: 'auto' } as const)[state.expanded]
          : oneOf(argument, ['auto', 'on', 'off'], '\\x');
      say(`expanded is ${state.expanded}`);
      return false;
    case 'timing':
      state.footer = argument === '' ? !state.footer : oneOf(argument, ['on', 'off'], '\\timing') === 'on';
      say(`timing is ${state.footer ? 'on' : 'off'}`);
      return false;
    case 'rows':
      if (argument !== '') state.maxRows = rowsIn(argument);
      say(
        `a table shows ${state.maxRows === undefined ? 'all rows' : `${formatCounted(state.maxRows, 'row')} at most`}`,
      );
      return false;
    default:
      throw new ShardfoldError('INVALID_ARGUMENT', `there is no command \\${name}`, {
        hint: '\\? shows what there is',
      });
  }
}

/** Commands that ask for something, where there is no prompt: `shardfold sql "\\d"`. @throws as `runCommand` */
export async function runCommandAlone(line: string, link: ClusterLink, signal: AbortSignal): Promise<void> {
  if (!/^\\(dt?|\?|h|help)(\s|;|$)/.test(line)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${line} is nothing without a prompt`, {
      hint: 'shardfold sql "\\d" lists tables, "\\\\d NAME" columns; the others are for the prompt: shardfold sql',
    });
  }
  await runCommand(line, link, { footer: true, expanded: 'off', maxRows: undefined }, signal);
}

function oneOf<const Choice extends string>(given: string, choices: readonly Choice[], command: string): Choice {
  const found = choices.find((choice) => choice === given.toLowerCase());
  if (found !== undefined) return found;
  throw new ShardfoldError('INVALID_ARGUMENT', `${command} takes ${choices.join(', ')}, not ${given}`);
}

function rowsIn(given: string): number | undefined {
  if (given.toLowerCase() === 'all') return undefined;
  const count = /^[\d_,]+$/.test(given) ? Number(given.replace(/[_,]/g, '')) : 0;
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new ShardfoldError('INVALID_ARGUMENT', `\\rows takes a whole number from 1, or all, not ${given}`);
}

function formatHelp(): string {
  const width = Math.max(...HELP.map(([command]) => command.length));
  return HELP.map(([command, text]) => `  ${command.padEnd(width)}  ${text}`).join('\n');
}

async function tables(link: ClusterLink, signal: AbortSignal): Promise<void> {
  const list = await listTables(link, link.context({ signal }));
  if (list.length === 0) {
    say(`no tables under the prefix "${link.prefix}"`);
    return;
  }
  const rows = list.map(({ name, rows, columns, storedBytes, matrix }) => {
    const [height, width] = matrix?.shape ?? [rows, columns];
    return [name, formatCount(height), width, formatBytes(storedBytes)];
  });
  print(formatTable(['table', 'rows', 'columns', 'stored'], rows, { right: ['rows', 'columns', 'stored'] }));
}

async function describe(given: string, link: ClusterLink, signal: AbortSignal): Promise<void> {
  const context = link.context({ signal });
  const name = /^".*"$/.test(given) ? given.slice(1, -1).replaceAll('""', '"') : given;
  const table = await openTable(link, name, context);
  const { schema, rows, chunks, version } = table;
  const lines = schema.map(({ name, type }, i) => {
    const nulls = chunks.reduce((sum, { columns }) => sum + (columns[i]?.nullCount ?? 0), 0);
    return [name, type, formatCount(nulls)];
  });
  const matrix = matrixShape(table);
  // As queries see its columns.
  if (matrix && asRows(table) !== table)
    lines[0] = [matrix.shape[1] === 1 ? 'c0' : `c0 … c${matrix.shape[1] - 1}`, matrix.type, '0'];
  print(formatTable(['column', 'type', 'nulls'], lines, { right: ['nulls'] }));
  const what = matrix ? matrixText(matrix) : formatCounted(rows, 'row');
  say(`(${what}, ${formatCounted(chunks.length, 'chunk')}, version ${version})`);
}

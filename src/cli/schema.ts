import { type Command, Option } from 'commander';
import type { SampledColumn } from '../engine/keys/sample/columns.js';
import { type SampledGroup, sampledGroups } from '../engine/keys/sample/groups.js';
import { MOST_NAMES } from '../engine/keys/sample/names.js';
import { type KeySample, sampleKeys } from '../engine/keys/sample/sample.js';
import { SAMPLE_KEYS } from '../engine/keys/sample/shape.js';
import { ShardfoldError } from '../errors.js';
import { formatJsonPath } from '../plan/keys/json-path.js';
import { schemasOf } from '../query/keys-sampled.js';
import { interruptible } from './interrupted.js';
import { withLink } from './link.js';
import { connectionOptions, wholeNumber } from './options.js';
import { paint, print, say } from './output.js';
import { formatTable } from './table.js';
import { formatCount, formatCounted } from './units.js';

const MOST_KEYS = 10_000;

const EXAMPLES = `
Examples:
  $ shardfold schema 'order:*'
  $ shardfold schema 'order:*' --json > keys.json
  $ shardfold sql --schema keys.json "SELECT region, sum(price) FROM hashes('order:*') GROUP BY region"

Some keys are looked at (${SAMPLE_KEYS}; --keys looks at more), in calls that are as short as those of any query: the first ones by slot and
name, which are the same each time (without cluster mode those of SCAN; where the first slots hold more than ${formatCount(MOST_NAMES)}
of the keys, as with a hash tag, the first of whichever the server tells first). The types are a guess from what these keys hold:
a type that all of them fit is not proven for others, and fields that few keys have may be missing. Whole numbers with names such as
created_at are taken for times where they could be. --json prints a file that --schema takes; edit it as you like.

Exit codes: 0 printed, 1 failed, wrong usage, or no key matches, 130 interrupted.`;

interface SchemaFlags {
  keys?: number;
}

export function register(program: Command): void {
  const command = program
    .command('schema')
    .summary('show what keys hold: kinds, fields, types')
    .description('Looks at some of the keys under a pattern and shows what they hold.')
    .argument('<pattern>', "a glob as KEYS takes it, such as 'order:*'")
    .addOption(
      new Option('--keys <count>', 'how many keys to look at')
        .argParser(wholeNumber(1, MOST_KEYS))
        .default(SAMPLE_KEYS),
    )
    .addHelpText('after', EXAMPLES);
  connectionOptions(command).action((pattern: string) =>
    withLink<SchemaFlags>(command, async ({ link, context, signal, flags, json }) => {
      const count = flags.keys ?? SAMPLE_KEYS;
      const sample = await interruptible(signal, { what: 'nothing was changed' }, () =>
        sampleKeys(link, { pattern, count }, context),
      );
      if (sample.keys.length === 0) {
        const hint =
          "a glob as KEYS takes it, in quotes: shardfold schema 'order:*'; shardfold keys shows what there is";
        throw new ShardfoldError('INVALID_ARGUMENT', `no key matches ${JSON.stringify(pattern)}`, { hint });
      }
      const groups = sampledGroups(sample.keys);
      if (json) printSchema(pattern, groups);
      else printGroups(groups, sample);
    }),
  );
}

function printSchema(pattern: string, groups: readonly SampledGroup[]): void {
  const schemas = schemasOf(groups);
  const [only] = schemas;
  print(JSON.stringify({ [pattern]: schemas.length === 1 ? only : schemas }, null, 2));
}

function printGroups(groups: readonly SampledGroup[], { keys, isAll }: KeySample): void {
  const lines = groups.flatMap((group) => linesOf(group).map((line) => [group.kind ?? '', ...line]));
  const titles = ['kind', 'column', 'type', 'from', 'in', 'example'];
  if (lines.length > 0) print(formatTable(titles, lines, { right: ['in'] }));
  const kinds = groups.map(({ keys: count, title }) => `${title} ${formatCount(count)}`).join(', ');
  const which = isAll
    ? `all ${formatCounted(keys.length, 'key')} there`
    : `a sample of ${formatCounted(keys.length, 'key')}`;
  say(paint('dim', `(${which}: ${kinds})`));
}

/** Column, type, where it is from if that is not its name, how many of the keys have it, and an example. */
function linesOf({ kind, keys, columns = [], value }: SampledGroup): readonly (readonly string[])[] {
  const line = ({ name, type, from, present, example }: SampledColumn): readonly string[] => {
    const origin = 'field' in from ? from.field : formatJsonPath(from.path);
    return [name, type, origin === name ? '' : origin, `${percent(present / keys)} %`, example];
  };
  switch (kind) {
    case 'zset':
      return [
        ['member', 'utf8', '', '', ''],
        ['score', 'float64', '', '', ''],
      ];
    case 'set':
      return [['member', 'utf8', '', '', '']];
    case 'packed':
      return [['value', '', 'float64, float32, int32, uint8 or uint16', '', '']];
    default:
      return value === undefined ? columns.map(line) : [['value', value.type, '', '', value.example]];
  }
}

/** Nothing but all is 100 %. */
const percent = (share: number): string =>
  share === 1 ? '100' : Math.min(99.9, share * 100).toFixed(share < 0.1 ? 1 : 0);

/** Runs readers of keys in a server, in a frame that gives every row back. */
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import type { KeyCall, LargeKey } from '../../../src/codegen/keys/call.js';
import { COLUMN_NAMES } from '../../../src/codegen/keys/column-locals.js';
import { keyReader } from '../../../src/codegen/keys/readers.js';
import { callArguments, eachName, SHEBANG, WALK } from '../../../src/codegen/keys/slots-lua.js';
import { withRuntime } from '../../../src/codegen/lua-pieces.js';
import { printLuaExpression } from '../../../src/codegen/print.js';
import type { KernelColumn } from '../../../src/codegen/shape.js';
import { parseRaw, rawSource } from '../../../src/engine/keys/raw.js';
import { readKeyReply } from '../../../src/engine/keys/reply.js';
import type { Physical } from '../../../src/expr/typed.js';
import type { KeyColumn, KeyKind, KeySource } from '../../../src/plan/keys/source.js';
import { sharedUrl } from '../../harness/cluster.js';

/** Undefined: there, but cannot be read. */
export type Value = Physical | undefined;

export interface Found {
  readonly rows: Value[][];
  readonly keys: number;
  readonly counted: number;
  readonly otherType: number;
  readonly unparsable: number;
  /** The first of them: key and column. */
  readonly first?: string;
  readonly large: readonly LargeKey[];
  readonly slice: { readonly members: number; readonly next: number; readonly after: Buffer };
}

export const keySource = (kind: KeyKind, columns: readonly KeyColumn[], more: Partial<KeySource> = {}): KeySource => ({
  kind,
  pattern: '*',
  columns,
  shown: columns.length,
  strict: false,
  ...more,
});

export class Server {
  readonly link: ClusterLink;

  constructor(link: ClusterLink) {
    this.link = link;
  }

  static async open(): Promise<Server> {
    return new Server(await connectCluster({ url: sharedUrl(1) }));
  }

  async call(...command: (string | Buffer)[]): Promise<Reply> {
    return this.link.call(
      { key: command[1] as string, command, readOnly: false, idempotent: true },
      this.link.context(),
    );
  }

  /** @param read indexes of the columns that are read; all by default */
  async read(
    source: KeySource,
    keys: readonly (string | Buffer)[],
    options: { read?: number[]; call?: KeyCall; max?: number } = {},
  ): Promise<Found> {
    const {
      read = source.columns.map((_, i) => i),
      call = { mode: 'list', slot: 7, budgetUs: Number.POSITIVE_INFINITY },
      max = 1000,
    } = options;
    const columns = read.map((index, slot): KernelColumn => {
      const { type } = source.columns[index] as KeyColumn;
      return { slot, index, type, encoding: type === 'utf8' ? 'plain' : 'f64', nullable: true, unitStep: true };
    });
    const reader = keyReader(source, columns, { arg: (k: number) => `ARGV[${k + 2}]` });
    const lua = `${SHEBANG}\n${withRuntime(frame(reader.setup, reader.wrap(rowText(columns)), max))}`;
    const command = ['EVAL', lua, String(keys.length), ...keys, ...callArguments(call, reader.args)];
    const reply = readKeyReply(
      await this.link.call({ key: keys[0] as string, command, readOnly: true, idempotent: true }, this.link.context()),
    );
    const { firstUnparsable: first } = reply;
    return {
      rows: readRows(columns, reply.partial),
      keys: reply.keys,
      counted: reply.rows,
      otherType: reply.otherType,
      unparsable: reply.unparsable,
      ...(first && { first: `${first.key.toString('latin1')} ${first.column}` }),
      large: reply.largeKeys,
      slice: reply.slice,
    };
  }
}

const frame = (setup: readonly string[], row: string, max: number): string =>
  [
    WALK,
    `local matched, rows_read, other_type, unparsable, bad_key, bad_column, large, out = 0, 0, 0, 0, '', 0, {}, {}`,
    `local shard_name, max_members, key, slot = 'here:1', ${max}, '', nil`,
    ...setup,
    ...eachName(['slot = walk.slot >= 0 and walk.slot or nil', row], 'key = names[i]'),
    'return key_reply(concat(out), matched, rows_read, other_type, unparsable, bad_column, bad_key, large)',
  ].join('\n');

/** A row as a byte a column, whether it has a value, and numbers as they are, text behind its length. */
const rowText = (columns: readonly KernelColumn[]): string =>
  [
    "out[#out + 1] = '+'",
    ...columns.map((column) => {
      const [value, present] = [COLUMN_NAMES.code(column), COLUMN_NAMES.present(column)].map(printLuaExpression);
      const flag = `${present} and 1 or ${present} == nil and 2 or 0`;
      return column.encoding === 'plain'
        ? `out[#out + 1] = pack('<BI4', ${flag}, #${value}) .. ${value}`
        : `out[#out + 1] = pack('<Bd', ${flag}, ${value})`;
    }),
  ].join('\n');

function readRows(columns: readonly KernelColumn[], partial: Buffer): Value[][] {
  const rows: Value[][] = [];
  for (let at = 0; at < partial.length; ) {
    at += 1;
    rows.push(
      columns.map(({ encoding }) => {
        const kept = (value: Physical): Value =>
          partial[start] === 2 ? undefined : partial[start] === 1 ? value : null;
        const start = at;
        at += 1;
        if (encoding !== 'plain') {
          at += 8;
          return kept(partial.readDoubleLE(at - 8));
        }
        const end = at + 4 + partial.readUInt32LE(at);
        const text = partial.toString('latin1', at + 4, end);
        at = end;
        return kept(text);
      }),
    );
  }
  return rows;
}

/** Reads all columns in the server; and raw, parsed here: which is to be the same. */
export async function readTwice(server: Server, source: KeySource, keys: readonly Buffer[]): Promise<Found> {
  const found = await server.read(source, keys);
  const wanted = source.columns.map((_, i) => i);
  const raw = await server.read(rawSource(source, wanted), keys);
  const values = raw.rows[0]?.map((_, c) => raw.rows.map((row) => row[c] as Physical)) ?? [];
  const parsed = parseRaw(source, wanted, values);
  expect(parsed.columns).toEqual(wanted.map((c) => found.rows.map((row) => row[c] ?? null)));
  expect(parsed).toMatchObject({ rows: found.counted, unparsable: found.unparsable });
  expect([raw.keys, raw.otherType, raw.unparsable]).toEqual([found.keys, found.otherType, 0]);
  const first = parsed.firstUnparsable;
  expect(first && `${first.key} ${first.column}`).toBe(found.first);
  return found;
}

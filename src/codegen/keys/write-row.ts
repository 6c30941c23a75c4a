/**
 * What is done to one key, in Lua. The key is read, judged and written in one atomic call: it cannot change its type in between, go,
 * or be another key.
 */

import { conjuncts, mayFail } from '../../expr/conditions.js';
import type { TypedExpr } from '../../expr/typed.js';
import type { KeyWrite } from '../../plan/keys/write-spec.js';
import { type Ir, local, NULL, type Stmt } from '../ir.js';
import { printLua, printLuaExpression } from '../print.js';
import type { RowParts } from '../rows-shape.js';
import type { KernelColumn } from '../shape.js';
import type { Values } from '../values.js';
import { COLUMN_NAMES } from './column-locals.js';
import { needed, readTexts } from './write-needs.js';

export interface WriteRow {
  readonly row: string;
  /** Lua that declares what rows change. */
  readonly before: readonly string[];
  /** Lua expressions of what is said at the end: numbers, in the order of `WRITE_COUNTS`, and the name of the list of samples. */
  readonly counts: readonly string[];
}

/** What a call counts: keys that passed the filter, of those that were written; and why others were not. */
export const WRITE_COUNTS = ['found', 'written', 'already', 'unread', 'unchanged', 'last_fields', 'of_tables'] as const;

/**
 * @param apply whether anything is written; without it everything is counted in the same way
 * @param at when keys are to expire, in milliseconds since 1970
 */
export function writeRow(parts: RowParts, write: KeyWrite, { apply, at }: { apply: boolean; at: number }): WriteRow {
  const printer = new WriteRowPrinter(parts, write, apply);
  const { action } = write;
  const body = action.do === 'update' ? printer.update(action) : printer.whole(action.do, at);
  return {
    row: printer.judged(body),
    before: [
      `local ${WRITE_COUNTS.join(', ')} = ${WRITE_COUNTS.map(() => '0').join(', ')}`,
      'local known_unparsable, doubt, fits = 0, false, true',
      'local samples, wanted = {}, k1',
      ...(action.do === 'update' ? ['local sets, set_count, gone, gone_count = {}, 0, {}, 0'] : []),
    ],
    counts: [...WRITE_COUNTS],
  };
}

class WriteRowPrinter {
  readonly #parts: RowParts;
  readonly #write: KeyWrite;
  readonly #apply: boolean;

  constructor(parts: RowParts, write: KeyWrite, apply: boolean) {
    this.#parts = parts;
    this.#write = write;
    this.#apply = apply;
    // The number of samples that are wanted still is the first of the constants.
    parts.constants.literal({ kind: 'literal', type: 'float64', value: 0 });
  }

  /** @param body what is done to a key that passes the filter */
  judged(body: string): string {
    const { type, action } = this.#write;
    const marker = action.do === 'update' ? action.marker : undefined;
    const judged = [...this.#fits(), 'if fits and not doubt then', 'found = found + 1', body, 'end'].join('\n');
    // A marker stands before the filter, which may not hold any more.
    const unmarked =
      marker === undefined
        ? judged
        : `if ${this.#present(marker.column)} then already = already + 1 else\n${judged}\nend`;
    const own = this.#apart(unmarked);
    if (type === undefined) return own;
    const isType = `${this.#text(type.column)} == ${this.#literal(type.name)}`;
    return `if ${isType} then\n${own}\nelse matched, rows_read, other_type = matched - 1, rows_read - 1, other_type + 1 end`;
  }

  #apart(body: string): string {
    const { spared } = this.#write;
    if (spared === undefined) return body;
    return `if sub(key, 1, ${Buffer.byteLength(spared)}) == ${this.#literal(spared)} then of_tables = of_tables + 1 else\n${body}\nend`;
  }

  /**
   * Leaves in `fits` whether the filter holds, and in `doubt` whether that, or what would be written, hangs on a value that is there but
   * cannot be read: such a key is counted, and nothing else.
   */
  #fits(): string[] {
    const { filter, action } = this.#write;
    const plain: Stmt[] = [];
    const passes = filter === undefined ? 'true' : printLuaExpression(this.#values().isTrue(filter, plain));
    const quick = `do ${printLua(plain)} fits = ${passes} end`;
    const values = action.do === 'update' ? action.assignments.map(({ value }) => value) : [];
    const all = readTexts(this.#columns, [filter, ...values]);
    if (all.length === 0) return ['doubt = false', quick];
    const spoiled = readTexts(this.#columns, values);
    return [
      'doubt = false',
      'if unparsable == known_unparsable then',
      quick,
      'else',
      'known_unparsable, fits = unparsable, true',
      ...conjuncts(filter).map((condition) => this.#careful(condition)),
      `if fits and not doubt then doubt = ${this.#anySpoiled(spoiled)} end`,
      'if fits and doubt then unread = unread + 1 end',
      'end',
    ];
  }

  /** One condition of a key of which some value cannot be read. */
  #careful(condition: TypedExpr): string {
    const read = readTexts(this.#columns, [condition]);
    const into: Stmt[] = [];
    const values = this.#values();
    const holds = printLuaExpression(values.isTrue(condition, into));
    // What may raise an error is not asked where conditions before it are in doubt: they may be what keeps it from that.
    const first = mayFail(condition) ? 'fits and not doubt' : 'fits';
    if (read.length === 0) return `if ${first} then ${printLua(into)} fits = ${holds} end`;
    const fails = printLuaExpression(values.isFalse(condition, into));
    const unsure = readTexts(this.#columns, needed(condition));
    return [
      `if ${first} then ${printLua(into)}`,
      `if ${this.#anySpoiled(unsure)} then doubt = true`,
      `elseif not ${this.#anySpoiled(read)} then fits = ${holds}`,
      `elseif ${fails} then fits = false`,
      `elseif not ${holds} then doubt = true end`,
      'end',
    ].join('\n');
  }

  update({ assignments, marker }: Extract<KeyWrite['action'], { do: 'update' }>): string {
    const into: Stmt[] = [];
    const values = this.#values();
    // All of them before the first write: an assignment reads what the key was.
    const names = assignments.map(({ value }): Ir => {
      const name = values.fresh();
      into.push(local(name.name, isNull(value) ? NULL : values.orNull(value, into)));
      return name;
    });
    const changes = assignments.map(({ field, old }, i) => {
      const [value, name] = [printLuaExpression(names[i] as Ir), this.#literal(field)];
      const same = marker === undefined ? `not (${this.#present(old)} and ${this.#text(old)} == ${value})` : 'true';
      return [
        `if ${value} then`,
        `if ${same} then sets[set_count + 1], sets[set_count + 2] = ${name}, ${value} set_count = set_count + 2 end`,
        `elseif ${this.#present(old)} then gone_count = gone_count + 1 gone[gone_count] = ${name} end`,
      ].join('\n');
    });
    const mark =
      marker &&
      `sets[set_count + 1], sets[set_count + 2] = ${this.#literal(marker.field)}, '1' set_count = set_count + 2`;
    const pairs = assignments.flatMap(({ old }, i) => [
      `${this.#present(old)} and ${this.#text(old)} or false`,
      printLuaExpression(names[i] as Ir),
    ]);
    return [
      `do ${printLua(into)}`,
      'set_count, gone_count = 0, 0',
      ...changes,
      ...(mark === undefined ? [] : [mark]),
      'if set_count + gone_count == 0 then unchanged = unchanged + 1',
      // A hash without fields is no key any more, and to delete is not to update.
      "elseif set_count == 0 and call('HLEN', key) == gone_count then last_fields = last_fields + 1",
      'else',
      ...(this.#apply ? APPLY_UPDATE : []),
      this.#done(pairs),
      'end end',
    ].join('\n');
  }

  /** What concerns keys as wholes. */
  whole(action: 'delete' | 'expire', at: number): string {
    const time = this.#literal(String(at));
    if (action === 'delete') return `${this.#apply ? "call('UNLINK', key)\n" : ''}${this.#done([])}`;
    const ttl = "call('PTTL', key)";
    return [
      // Asked before it is changed, for a sample alone.
      'local lives = false',
      `if wanted > 0 then lives = ${ttl} lives = lives >= 0 and tostring(lives) or false end`,
      ...(this.#apply ? [`call('PEXPIREAT', key, ${time})`] : []),
      this.#done(['lives', time]),
    ].join('\n');
  }

  /** @param sample what is told of the key where a sample is wanted */
  #done(sample: readonly string[]): string {
    return [
      'written = written + 1',
      'if wanted > 0 then',
      'wanted = wanted - 1',
      ...['key', ...sample].map((each) => `samples[#samples + 1] = ${each}`),
      'end',
    ].join('\n');
  }

  get #columns() {
    return { columns: this.#parts.columns, source: this.#write.source };
  }

  /** Of a scope of its own: nothing that was computed elsewhere is known there. */
  #values(): Values {
    return this.#parts.values(COLUMN_NAMES);
  }

  #column(index: number): KernelColumn {
    return this.#parts.columns.find((column) => column.index === index) as KernelColumn;
  }

  #present(index: number): string {
    return printLuaExpression(COLUMN_NAMES.present(this.#column(index)));
  }

  #text(index: number): string {
    return printLuaExpression(COLUMN_NAMES.text(this.#column(index)));
  }

  #literal(text: string): string {
    const value = Buffer.from(text).toString('latin1');
    return printLuaExpression(this.#parts.constants.literal({ kind: 'literal', type: 'utf8', value }));
  }

  #anySpoiled(columns: readonly KernelColumn[]): string {
    const spoiled = columns.map((column) => `${printLuaExpression(COLUMN_NAMES.present(column))} == nil`);
    return columns.length === 0 ? 'false' : `(${spoiled.join(' or ')})`;
  }
}

const isNull = (expr: TypedExpr): boolean => expr.kind === 'literal' && expr.value === null;

/**
 * HSET of all fields at once, then HDEL: that both may be done is asked before, so that a key is never written by half. (Memory was
 * looked at when the call began, and types when the key was read.)
 */
const APPLY_UPDATE = [
  "if set_count > 0 and gone_count > 0 and not redis.acl_check_cmd('HDEL', key, gone[1]) then",
  "error({ err = 'NOPERM this user has no permissions to run the \\'hdel\\' command on the keys that are updated' })",
  'end',
  "if set_count > 0 then call('HSET', key, unpack(sets, 1, set_count)) end",
  "if gone_count > 0 then call('HDEL', key, unpack(gone, 1, gone_count)) end",
];

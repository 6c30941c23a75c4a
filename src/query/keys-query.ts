/** Queries over keys that lie in Redis, which can be written as well. */

import { checkOptions } from '../engine/check-options.js';
import { writeKeys } from '../engine/keys/write.js';
import type { KeysWritten, UpdateOptions, WriteOptions } from '../engine/keys/write-types.js';
import type { ResultRow } from '../engine/results/rows.js';
import { showValue } from '../errors.js';
import { Expr } from '../expr/expr.js';
import type { Over } from '../expr/infer.js';
import { type AskedAction, bindWrite, LONGEST_SECONDS } from '../plan/keys/write.js';
import type { NamedExpr } from '../plan/nodes.js';
import { type ColumnMap, invalid, namedColumns } from './arguments.js';
import type { Names, WithColumns } from './infer.js';
import { Query } from './query.js';

/**
 * Keys as rows: all that a query has, and what is done to keys as wholes. `filter` and `withColumns` may stand before a write.
 *
 * Writes are made in the shards, slot by slot, each key read, judged and written in one step: a key of another type is left alone, and no
 * key is ever made. Slots may move meanwhile; every slot is done once. A job that stops has written what it has, and its error carries
 * `resume`. Not a transaction: others see keys that are written beside keys that are not yet.
 */
export class KeysQuery<out S extends object = ResultRow> extends Query<S> {
  override filter(predicate: Over<Names<S>>): KeysQuery<S> {
    return new KeysQuery(this.link, super.filter(predicate).plan);
  }

  override withColumns<R extends object, A extends readonly (Over<Names<R>> | ColumnMap<Names<R>>)[]>(
    this: KeysQuery<R>,
    ...columns: A
  ): KeysQuery<WithColumns<R, A[number]>> {
    return new KeysQuery(this.link, { kind: 'withColumns', input: this.plan, columns: namedColumns(columns) });
  }

  /**
   * Deletes the keys (UNLINK), whatever they hold. Of sources whose rows are members the filter may be of the key alone.
   * @throws INVALID_ARGUMENT before anything is sent; NO_PERMISSION, SERVER_REFUSES_WRITES, TIMEOUT, ABORTED, … with `resume`
   */
  async delete(options: WriteOptions = {}): Promise<KeysWritten> {
    return this.written({ do: 'delete' }, options, []);
  }

  /**
   * Makes the keys expire so many seconds after this call began, by a server's clock, whatever they had before: with `resume` after the
   * first call began, so that what is due by then goes at once.
   * @throws INVALID_ARGUMENT before anything is sent; NO_PERMISSION, SERVER_REFUSES_WRITES, TIMEOUT, ABORTED, … with `resume`
   */
  async expire(seconds: number, options: WriteOptions = {}): Promise<KeysWritten> {
    if (typeof seconds !== 'number' || !(seconds >= 0.001 && seconds <= LONGEST_SECONDS))
      throw invalid(`expire() after ${showValue(seconds)} seconds`, 'a number of seconds above 0; delete() deletes');
    return this.written({ do: 'expire', seconds }, options, []);
  }

  /** Checks, binds and runs. */
  protected async written(asked: AskedAction, options: WriteOptions, more: readonly string[]): Promise<KeysWritten> {
    checkOptions(options, [...OPTIONS, ...more]);
    if (options.dryRun !== undefined && typeof options.dryRun !== 'boolean')
      throw invalid(`dryRun is ${showValue(options.dryRun)}`, 'true or false');
    const write = bindWrite(this.plan, asked, this.link.prefix);
    const { timeout, signal } = options;
    const context = this.link.context({
      ...(timeout !== undefined && { timeoutMs: timeout }),
      ...(signal && { signal }),
    });
    return writeKeys({ link: this.link, context, options }, write);
  }
}

const OPTIONS = Object.keys({
  dryRun: true,
  resume: true,
  timeout: true,
  signal: true,
  onProgress: true,
  maxInFlight: true,
} satisfies Record<keyof WriteOptions, true>);

/** What fields become: expressions, or null for those that are removed. */
export interface Assignments<C extends string = string> {
  readonly [column: string]: Over<C> | null;
}

/** Hashes as rows, whose fields can be updated. */
export class HashesQuery<out S extends object = ResultRow> extends KeysQuery<S> {
  override filter(predicate: Over<Names<S>>): HashesQuery<S> {
    return new HashesQuery(this.link, super.filter(predicate).plan);
  }

  override withColumns<R extends object, A extends readonly (Over<Names<R>> | ColumnMap<Names<R>>)[]>(
    this: HashesQuery<R>,
    ...columns: A
  ): HashesQuery<WithColumns<R, A[number]>> {
    return new HashesQuery(this.link, { kind: 'withColumns', input: this.plan, columns: namedColumns(columns) });
  }

  /**
   * Sets fields of the hashes: `update({ total: col('price').mul(col('qty')), note: lit('new'), old: null })`. All expressions are of what
   * the hash was before. A name is that of a column, or else of a field; a value takes the type of its column, where nothing is lost by
   * it, and is written as its text (a time of a column `timestamp(s)` or `timestamp(ms)` as a number): what reads it back finds the very
   * same value. Null removes the field; a hash whose last field that would be is left as it is. What a hash had to live stays.
   *
   * An update that reads a field that it writes needs an `updateId`. Its markers are removed by
   * `update({ 'sf:update:<updateId>': null })`, when nobody goes on with that update any more.
   * @throws INVALID_ARGUMENT, UNKNOWN_COLUMN, TYPE_MISMATCH, CAST_FAILED before anything is sent; UNPARSABLE_VALUE of a strict source,
   *   NUMERIC_OVERFLOW and the like naming the key, NO_PERMISSION, SERVER_REFUSES_WRITES, TIMEOUT, ABORTED, … with `resume`
   */
  async update(columns: Assignments<Names<S>>, options: UpdateOptions = {}): Promise<KeysWritten> {
    if (typeof columns !== 'object' || columns === null || columns instanceof Expr)
      throw invalid(`update() of ${showValue(columns)}`, "e.g. update({ total: col('price').mul(col('qty')) })");
    const named = Object.entries(columns).map(([name, value]): NamedExpr => {
      if (value === null) return { name, node: { kind: 'literal', value: null } };
      if (value instanceof Expr) return { name, node: value.node };
      throw invalid(
        `update(): "${name}" is ${showValue(value)}`,
        "an expression: col('x'), or lit(1) for a constant; or null",
      );
    });
    const { updateId } = options ?? {};
    if (updateId !== undefined && typeof updateId !== 'string')
      throw invalid(`updateId is ${showValue(updateId)}`, "a name for this update: 'prices-2024-05'");
    return this.written({ do: 'update', columns: named, updateId }, options, ['updateId']);
  }
}

/** A fold over keys made ready to be called: its Lua, and the arguments of a call. */

import { createHash } from 'node:crypto';
import type { KeySource } from '../../plan/keys/source.js';
import { FoldBody } from '../body.js';
import { javaScriptSource } from '../js-kernel.js';
import type { FoldSpec, KernelColumn } from '../shape.js';
import type { KeyCall, KeyScript, ValueFacts } from './call.js';
import { foldWork, frameArguments, type KeyFrame, keyFrame } from './frame.js';
import { scoreReading } from './score-reading.js';
import { callArguments } from './slots-lua.js';

/** Rows of a call: of 4,096 keys at most, each of which has 1,024 rows at most or is read in slices. */
const MOST_ROWS = 2 ** 22;

/** Columns that always have a value. (Slots are those of a cluster.) */
const ALWAYS = new Set(['key', 'shard', 'type', 'member', 'score', 'index']);

/** The columns that a fold reads, as numbers and strings. */
export function keyColumns({ columns }: Pick<FoldSpec, 'columns'>, source: KeySource): KernelColumn[] {
  return columns.map((index, slot): KernelColumn => {
    const { type, from } = source.columns[index] as KeySource['columns'][number];
    const encoding = type === 'utf8' ? 'plain' : 'f64';
    return { slot, index, type, encoding, nullable: !ALWAYS.has(from.of), unitStep: true };
  });
}

/** The same fold in JavaScript, of a body of its own: constants are numbered in the order in which they are printed. */
export interface KeyTwin {
  readonly body: FoldBody;
  readonly javaScript: string;
}

function valueFacts({ kind, columns }: KeySource, read: readonly KernelColumn[]): ValueFacts | undefined {
  if (kind !== 'strings' && kind !== 'json') return undefined;
  const reads = (of: string): boolean => read.some(({ index }) => columns[index]?.from.of === of);
  return { ttl: reads('ttl'), memory: reads('memory') };
}

export class KeyKernel implements KeyScript {
  readonly body: FoldBody;
  readonly source: KeySource;
  readonly largeValues: ValueFacts | undefined;
  readonly lua: string;
  readonly sha1: string;
  readonly readOnly = true;
  readonly #frame: KeyFrame;
  #twin: KeyTwin | undefined;

  /** @param spec whose states are exact in any order */
  constructor(spec: FoldSpec, source: KeySource) {
    const scores = scoreReading(spec, source);
    const read = scores?.spec ?? spec;
    // Counted by their ends, all members of all keys are rows.
    const maxRows = scores?.byEnds ? Number.MAX_SAFE_INTEGER : MOST_ROWS;
    this.body = new FoldBody({ spec: { ...read, maxRows }, columns: keyColumns(read, source), dense: false });
    if (this.body.treeCells.length > 0 || this.body.inputCount > 0)
      throw new TypeError('a state that depends on order');
    this.source = source;
    this.largeValues = valueFacts(source, this.body.shape.columns);
    this.#frame = keyFrame(foldWork(this.body, scores), source, scores);
    this.lua = this.#frame.lua;
    this.sha1 = createHash('sha1').update(this.lua).digest('hex');
  }

  /** Of rows that are computed here: those of large values. */
  get twin(): KeyTwin {
    if (this.#twin === undefined) {
      const body = new FoldBody(this.body.shape);
      this.#twin = { body, javaScript: javaScriptSource(body) };
    }
    return this.#twin;
  }

  args(call: KeyCall, shard: string): readonly (string | Buffer)[] {
    return callArguments(call, frameArguments(this.body, this.#frame, shard));
  }
}

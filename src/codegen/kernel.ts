/** A fold made ready for the chunks of one layout: its Lua and JavaScript, and how a slice's arguments are packed. */

import { createHash } from 'node:crypto';
import type { ChunkMeta, Schema } from '../storage/types.js';
import { packArguments, packDoubles, type Slice, thresholdsOf } from './arguments.js';
import { FoldBody } from './body.js';
import { lookupArguments } from './join-frame.js';
import { javaScriptSource } from './js-kernel.js';
import { luaKernel } from './lua-kernel.js';
import { type KernelKey, kernelKeys } from './lua-runtime.js';
import { SEARCHED_VALUES } from './lua-wide.js';
import { type Search, searchOf } from './rows-find.js';
import { denseStrides, type FoldSpec, kernelColumns } from './shape.js';

export type { Slice } from './arguments.js';

export class Kernel {
  readonly body: FoldBody;
  readonly lua: string;
  readonly sha1: string;
  readonly keys: readonly KernelKey[];
  #javaScript: string | undefined;

  constructor(body: FoldBody, search?: Search) {
    this.body = body;
    this.lua = luaKernel(body, search);
    this.keys = kernelKeys(body);
    this.sha1 = createHash('sha1').update(this.lua).digest('hex');
  }

  get javaScript(): string {
    this.#javaScript ??= javaScriptSource(this.body);
    return this.#javaScript;
  }

  /** Numbers of groups between the codes of each key, and their total; empty where groups are looked up. */
  strides(chunk: ChunkMeta): readonly number[] {
    return this.body.shape.dense ? (denseStrides(this.body.shape.spec, chunk) as number[]) : [];
  }

  /** Three numbers for each number that is compared with a coded column. */
  thresholds(chunk: ChunkMeta): readonly number[] {
    return thresholdsOf(this.body.constants, chunk);
  }

  /** ARGV of a slice: the numbers, then each string constant, then each set, then each list. */
  pack(slice: Slice): Buffer[] {
    const { shape, constants, lists } = this.body;
    const packed = packArguments({ columns: shape.columns, constants }, slice, this.strides(slice.chunk));
    return [...packed, ...lists.map(packDoubles), ...lookupArguments(shape.spec)];
  }
}

/** The kernels of one fold: chunks packed alike share one. */
export class Kernels {
  readonly #spec: FoldSpec;
  readonly #schema: Schema;
  readonly #made = new Map<string, Kernel>();

  constructor(spec: FoldSpec, schema: Schema) {
    this.#spec = spec;
    this.#schema = schema;
  }

  of(chunk: ChunkMeta): Kernel {
    const columns = kernelColumns(this.#spec, this.#schema, chunk);
    const dense = this.#spec.keys.length > 0 && denseStrides(this.#spec, chunk) !== undefined;
    const search = searchOf(this.#spec.filter, columns, chunk, SEARCHED_VALUES);
    const layout = `${dense} ${search?.column.slot} ${columns.map(({ encoding, nullable, unitStep }) => `${encoding}${nullable ? '?' : ''}${unitStep ? '' : '*'}`).join(' ')}`;
    let kernel = this.#made.get(layout);
    if (kernel === undefined) {
      kernel = new Kernel(new FoldBody({ spec: this.#spec, columns, dense }), search);
      this.#made.set(layout, kernel);
    }
    return kernel;
  }

  get all(): readonly Kernel[] {
    return [...this.#made.values()];
  }
}

/** A server without cluster mode: names by SCAN, each once, and their keys in batches. */

import type { CallContext } from '../../cluster/types.js';
import { SCAN_NAMES } from '../../codegen/keys/scan-lua.js';
import { ShardfoldError } from '../../errors.js';
import { classifyGlob } from '../../plan/keys/glob.js';
import { isTrouble } from './ask.js';
import { meaningOf, WAIT } from './causes.js';
import type { Job, JobEnd, NodeAtWork, Work } from './dispatch.js';
import { ListPiece } from './list-piece.js';
import { Names } from './names.js';
import { SCAN_STEP, TARGET_US } from './pace.js';
import { Pieces } from './pieces.js';
import type { Reading } from './reading.js';
import type { SlotsLeft } from './receipt-builder.js';

const NO_SLOT = -1;

/**
 * SCAN gives every name that is there throughout, some of them twice. A server that was started again begins with a new cursor, and the
 * names that are known already are passed over.
 */
export class ServerWork implements Work {
  readonly left: SlotsLeft = { expected: 0, askedAgain: 0, unread: [], missing: false };
  readonly #reading: Reading;
  readonly #names: Names;
  readonly #pieces: Pieces;
  #open = 0;
  #process = '';
  #cursor: string | undefined = '0';
  #scanning = false;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#names = new Names(reading.held);
    // Until the end: names that come twice are known by it.
    this.#names.retain();
    this.#pieces = new Pieces({
      changed: (_slot, more) => {
        this.#open += more;
        this.#progress();
      },
      again: () => undefined,
    });
    const glob = classifyGlob(reading.walk.snapshot.keys.pattern);
    if (glob.kind !== 'exact') return;
    this.#cursor = undefined;
    this.#found([Buffer.from(glob.text, 'latin1')]);
  }

  get done(): boolean {
    return (this.#cursor === undefined && this.#open === 0) || this.#reading.taker.enough;
  }

  next(node: NodeAtWork, now: number): Job | undefined {
    const piece = this.#pieces.next(node, now, () => true);
    if (piece !== undefined || this.#scanning || this.#cursor === undefined) return piece;
    this.#scanning = true;
    const cursor = this.#cursor;
    return { run: (at, context) => this.#scan(cursor, at, context) };
  }

  async expired(nodes: ReadonlyMap<string, NodeAtWork>): Promise<void> {
    const stuck = this.#pieces.stuck();
    if (stuck !== undefined) throw stuck;
    const [node] = nodes.values();
    const { name } = this.#reading.walk.snapshot;
    const cause = node?.trouble?.cause ?? 'TIMEOUT';
    const { code, hint } = meaningOf(cause);
    const what = `${name}: nothing was read for ${this.#reading.walk.context.timeoutMs} ms`;
    throw new ShardfoldError(code, `${what}; ${node?.info.address} says ${cause}`, {
      hint: `${hint}; ${WAIT}`,
      ...(node && { shard: node.info.address, cause: node.trouble?.error }),
    });
  }

  async #scan(cursor: string, node: NodeAtWork, context: CallContext): Promise<JobEnd> {
    const { walk, clock } = this.#reading;
    const { pattern } = walk.snapshot.keys;
    const rest = ['0', '', this.#process, cursor, pattern, String(SCAN_STEP), String(TARGET_US)];
    const found = await this.#reading.askNames({ node, context }, SCAN_NAMES, rest);
    this.#scanning = false;
    if (isTrouble(found)) return found;
    if (this.#process !== '' && found.process !== this.#process) {
      this.#process = '';
      this.#cursor = '0';
      return found.microseconds;
    }
    this.#process = found.process;
    this.#cursor = found.cursor === '0' ? undefined : found.cursor;
    this.#found(found.names);
    clock.progress();
    return found.microseconds;
  }

  #found(names: readonly Buffer[]): void {
    const from = this.#names.size;
    for (const name of names) this.#names.add(name);
    const to = this.#names.size;
    if (to === from) return;
    this.#open += 1;
    this.#pieces.add([new ListPiece(this.#reading, NO_SLOT, this.#names, [from, to])]);
  }

  #progress(): void {
    const { clock, receipt, walk } = this.#reading;
    clock.progress();
    const rows = receipt.keysSeen;
    walk.options.onProgress?.({
      unitsDone: this.done ? 1 : 0,
      unitsTotal: 1,
      rowsDone: rows,
      rowsTotal: this.#names.size,
    });
  }
}

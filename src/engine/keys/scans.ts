/** Slots with very many keys: their names are found by SCAN on their owner, in one pass for all of them that a node has. */

import { slotOf } from '../../cluster/slots.js';
import type { CallContext } from '../../cluster/types.js';
import { SCAN_NAMES } from '../../codegen/keys/scan-lua.js';
import { isTrouble } from './ask.js';
import { packSlots } from './ask-names.js';
import type { Job, JobEnd, NodeAtWork } from './dispatch.js';
import { Names } from './names.js';
import type { OwnerTable } from './owners.js';
import { SCAN_STEP, TARGET_US } from './pace.js';
import { pauseAfter } from './pauses.js';
import type { Reading } from './reading.js';

/** What becomes of a slot. */
export interface ScanAccount {
  /** All its names are known. */
  listed(slot: number, names: Names, shard: string): void;
  again(slot: number): void;
}

interface Pass {
  readonly nodeId: string;
  readonly slots: Map<number, Names>;
  process: string;
  cursor: string;
  calls: number;
  running: boolean;
}

/**
 * SCAN gives every name that is there whenever its place is looked at. In each call the slots are looked at in one step with that: one
 * that is not settled then begins again, in a later pass; all of them where the server is another process.
 */
export class Scans {
  readonly #reading: Reading;
  readonly #account: ScanAccount;
  /** Slots that no pass has, and when each may begin. */
  readonly #wanted = new Map<number, { readonly tries: number; readonly readyAt: number }>();
  readonly #passes = new Map<string, Pass>();
  /** Tries by slot, of those that a pass has. */
  readonly #tries = new Map<number, number>();
  /** The most calls of a pass that was begun again: beyond them there is progress. */
  #farthest = 0;

  constructor(reading: Reading, account: ScanAccount) {
    this.#reading = reading;
    this.#account = account;
  }

  want(slot: number): void {
    this.#wanted.set(slot, { tries: 0, readyAt: 0 });
  }

  next({ info }: NodeAtWork, now: number, owners: OwnerTable): Job | undefined {
    // A node that lost a slot may never be asked again.
    for (const pass of this.#passes.values()) {
      if (pass.running) continue;
      for (const slot of [...pass.slots.keys()]) if (owners[slot] !== pass.nodeId) this.#leave(pass, slot);
    }
    const pass = this.#passes.get(info.id) ?? this.#begin(info.id, now, owners);
    if (pass === undefined || pass.running) return undefined;
    pass.running = true;
    return { run: (node, context) => this.#run(pass, node, context) };
  }

  #begin(nodeId: string, now: number, owners: OwnerTable): Pass | undefined {
    const slots = new Map<number, Names>();
    for (const [slot, { tries, readyAt }] of this.#wanted) {
      if (readyAt > now || owners[slot] !== nodeId) continue;
      slots.set(slot, new Names(this.#reading.held));
      this.#tries.set(slot, tries);
      this.#wanted.delete(slot);
    }
    if (slots.size === 0) return undefined;
    const pass = { nodeId, slots, process: '', cursor: '0', calls: 0, running: false };
    this.#passes.set(nodeId, pass);
    return pass;
  }

  async #run(pass: Pass, node: NodeAtWork, context: CallContext): Promise<JobEnd> {
    const { walk, clock } = this.#reading;
    const { slots, process, cursor } = pass;
    const asked = ['0', packSlots(slots.keys()), process, cursor, walk.snapshot.keys.pattern, SCAN_STEP, TARGET_US];
    const rest = asked.map((part) => (typeof part === 'number' ? String(part) : part));
    const found = await this.#reading.askNames({ node, context }, SCAN_NAMES, rest);
    pass.running = false;
    const isAnother = !isTrouble(found) && process !== '' && found.process !== process;
    if (isTrouble(found) || isAnother) {
      for (const slot of [...slots.keys()]) this.#leave(pass, slot);
      return isTrouble(found) ? found : found.microseconds;
    }
    for (const slot of found.away) this.#leave(pass, slot);
    if (found.away.length > 0) walk.link.refresh();
    for (const name of found.names) slots.get(slotOf(name))?.add(name);
    pass.process = found.process;
    pass.cursor = found.cursor;
    pass.calls += 1;
    if (pass.calls > this.#farthest) clock.progress();
    if (found.cursor === '0') this.#end(pass, node.info.address);
    return found.microseconds;
  }

  #end(pass: Pass, shard: string): void {
    this.#passes.delete(pass.nodeId);
    for (const [slot, names] of pass.slots) this.#account.listed(slot, names, shard);
  }

  /** A slot begins again, where it is by then. */
  #leave(pass: Pass, slot: number): void {
    pass.slots.get(slot)?.drop();
    pass.slots.delete(slot);
    const tries = this.#tries.get(slot) ?? 0;
    this.#wanted.set(slot, { tries: tries + 1, readyAt: performance.now() + pauseAfter(tries) });
    this.#account.again(slot);
    if (pass.slots.size > 0) return;
    this.#farthest = Math.max(this.#farthest, pass.calls);
    this.#passes.delete(pass.nodeId);
  }
}

/** Members that were found, each once. */

import { createHash } from 'node:crypto';
import { ShardfoldError } from '../../errors.js';

/** Longer ones are told apart by their SHA-256. */
const LONGEST = 32;

/** About 100 bytes a member. */
export class MemberSet {
  readonly #most: number;
  readonly #found = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#found.size;
  }

  /** @throws TOO_MANY_VALUES */
  add(member: Buffer): void {
    this.#found.add(nameOf(member));
    if (this.#found.size <= this.#most) return;
    const most = this.#most.toLocaleString('en-GB');
    throw new ShardfoldError('TOO_MANY_VALUES', `more than ${most} members are in all of the sets`, {
      hint: 'they are held in this process, to be counted once: give { limit }, or { maxValues }',
    });
  }

  /** Those of the members that are not in it, each once. */
  unknown(members: readonly Buffer[]): Buffer[] {
    const seen = new Set<string>();
    return members.filter((member) => {
      const name = nameOf(member);
      if (this.#found.has(name) || seen.has(name)) return false;
      seen.add(name);
      return true;
    });
  }
}

function nameOf(member: Buffer): string {
  if (member.length < LONGEST) return member.toString('latin1');
  return createHash('sha256').update(member).digest().toString('latin1');
}
